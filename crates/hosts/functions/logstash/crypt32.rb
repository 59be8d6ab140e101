# A script for Logstash's filter "ruby". It drops the benign events, and tags those to review, as the
# command does. script_params: "module" is crypt32_filter.wasm, and "jars" the folder with Chicory's jars.
require "json"

# The pipeline does not start if this fails.
def register(params)
  Dir.glob(File.join(params.fetch("jars"), "*.jar")) { |jar| require File.expand_path(jar) }
  @code = com.dylibso.chicory.wasm.Parser.parse(java.io.File.new(params.fetch("module")))
  @machine = com.dylibso.chicory.compiler.MachineFactoryCompiler.compile(@code)
  # Workers call the filter at the same time, and an instance handles one call at a time.
  @instances = java.util.concurrent.ConcurrentLinkedQueue.new
  @instances.add(instance)
  @failed = false
end

def instance
  com.dylibso.chicory.runtime.Instance.builder(@code).with_machine_factory(@machine).build
end

# The event as JSON, with a tag or without, or nil if it is benign.
def judge(record)
  wasm = @instances.poll || instance
  bytes = record.to_java_bytes
  at = wasm.export("malloc").apply(bytes.length)[0]
  return record if at.zero?
  wasm.memory.write(at, bytes)
  answer = wasm.export("crypt32_drop").apply(0, 0, 0, 0, at, bytes.length)[0]
  wasm.export("free").apply(at)
  text = answer == at ? record : wasm.memory.read_cstring(answer)
  @instances.add(wasm)
  text.empty? ? nil : text
end

# The whole event is judged, and not only its message, because a verdict needs all fields.
def filter(event)
  return [event] if @failed
  record = event.to_json
  kept = judge(record)
  return [] if kept.nil?
  unless kept.equal?(record)
    tagged = JSON.parse(kept)
    %w[kb tags].each { |name| event.set(name, tagged[name]) if tagged.key?(name) }
  end
  [event]
rescue StandardError, java.lang.Throwable => error
  warn("crypt32: all further events pass: #{error}") unless @failed
  @failed = true
  [event]
end
