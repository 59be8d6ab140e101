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
parsed = -> { lines.map { |line| Event.new(JSON.parse(line)) } }
# Measures the calls of one worker after the engine has warmed up.
if ENV["MEASURE"]
  used = -> { java.lang.management.ManagementFactory.thread_mx_bean.current_thread_cpu_time }
  3.times do
    events = parsed.call
    start = used.call
    events.each { |event| context.filter(event) }
    warn format("%.1f µs of CPU time for each of %d events", (used.call - start) / 1e3 / events.size, events.size)
  end
end
events = parsed.call
# Logstash's workers call the filter at the same time.
kept = events.each_slice((events.size + 3) / 4).map do |some|
  Thread.new { some.flat_map { |event| context.filter(event) } }
end
kept.each { |thread| thread.value.each { |event| puts event.to_json } }
