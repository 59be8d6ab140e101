# Runs the script as logstash-filter-ruby does, with events on standard input as JSON, and writes the
# kept ones. Stands for Logstash, which is in no registry: only the class of events is ours.
require "json"

class Event
  def initialize(fields)
    @fields = fields
  end

  def set(name, value)
    @fields[name] = value
  end

  def to_json(*)
    JSON.generate(@fields)
  end
end

script, jars, wasm = ARGV
context = Object.new
context.instance_eval(File.read(script), script)
context.register("jars" => jars, "module" => wasm)
lines = $stdin.each_line.to_a
events = lines.map { |line| Event.new(JSON.parse(line)) }
# With TIME=1, measures the calls of one worker after the engine has warmed up.
if ENV["TIME"]
  3.times do
    again = lines.map { |line| Event.new(JSON.parse(line)) }
    used = -> { java.lang.management.ManagementFactory.thread_mx_bean.current_thread_cpu_time }
    start = used.call
    again.each { |event| context.filter(event) }
    warn format("%.1f µs of CPU time for each of %d events", (used.call - start) / 1e3 / again.size, again.size)
  end
end
# Logstash's workers call the filter at the same time.
kept = events.each_slice((events.size + 3) / 4).map do |some|
  Thread.new { some.flat_map { |event| context.filter(event) } }
end
kept.each { |thread| thread.value.each { |event| puts event.to_json } }
