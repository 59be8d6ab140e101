import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What the tests want of Kafka: {@code Client BROKERS COMMAND ARGUMENT...}.
 *
 * <p>Bytes go through standard input and output as Latin-1, a record a line: {@code partition TAB key
 * TAB value}, and coming back {@code partition TAB offset TAB key TAB headers TAB value}. A key or value
 * that is {@code \N} is null; a value has no line ends.
 */
public final class Client {
    private static final String NULL = "\\N";

    private final String brokers;

    private Client(String brokers) {
        this.brokers = brokers;
    }

    public static void main(String[] arguments) throws Exception {
        Client client = new Client(arguments[0]);
        switch (arguments[1]) {
            case "create" -> client.create(arguments);
            case "produce" -> client.produce(arguments[2]);
            case "consume" -> client.consume(arguments[2]);
            case "lag" -> client.lag(arguments[2], arguments[3]);
            default -> throw new IllegalArgumentException(arguments[1]);
        }
    }

    /** create PARTITIONS REPLICATION TOPIC... */
    private void create(String[] arguments) throws Exception {
        List<NewTopic> topics = new ArrayList<>();
        for (int i = 4; i < arguments.length; i++) {
            NewTopic topic =
                    new NewTopic(arguments[i], Integer.parseInt(arguments[2]), Short.parseShort(arguments[3]));
            topics.add(topic.configs(Map.of("max.message.bytes", "8000000")));
        }
        try (Admin admin = Admin.create(settings())) {
            admin.createTopics(topics).all().get();
        }
    }

    private void produce(String topic) throws Exception {
        Map<String, Object> settings = settings();
        settings.put("acks", "all");
        settings.put("linger.ms", 5);
        settings.put("batch.size", 256 << 10);
        settings.put("max.request.size", 8_000_000);
        AtomicReference<Exception> failure = new AtomicReference<>();
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.ISO_8859_1), 1 << 20);
        var bytes = new ByteArraySerializer();
        try (var producer = new KafkaProducer<>(settings, bytes, bytes)) {
            for (String line; (line = in.readLine()) != null; ) {
                String[] parts = line.split("\t", 3);
                producer.send(
                        new ProducerRecord<>(topic, Integer.valueOf(parts[0]), bytes(parts[1]), bytes(parts[2])),
                        (metadata, exception) -> {
                            if (exception != null) failure.set(exception);
                        });
            }
        }
        if (failure.get() != null) throw failure.get();
    }

    /** Everything from the beginning to where the topic ends now. */
    private void consume(String topic) throws Exception {
        var out = new BufferedWriter(new OutputStreamWriter(System.out, StandardCharsets.ISO_8859_1), 1 << 20);
        try (var consumer = consumer()) {
            List<TopicPartition> partitions = partitions(consumer, topic);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    StringJoiner headers = new StringJoiner(";");
                    for (Header header : record.headers()) {
                        headers.add(header.key() + "=" + text(header.value()));
                    }
                    String[] parts = {
                        Integer.toString(record.partition()),
                        Long.toString(record.offset()),
                        text(record.key()),
                        headers.toString(),
                        text(record.value())
                    };
                    out.write(String.join("\t", parts));
                    out.write('\n');
                }
            }
        }
        out.flush();
    }

    /** How many records of a topic a group has yet to commit. */
    private void lag(String group, String topic) throws Exception {
        try (Admin admin = Admin.create(settings()); var consumer = consumer()) {
            var committed = admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
            long lag = 0;
            for (var end : consumer.endOffsets(partitions(consumer, topic)).entrySet()) {
                var offset = committed.get(end.getKey());
                lag += end.getValue() - (offset == null ? 0 : offset.offset());
            }
            System.out.println(lag);
        }
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        Map<String, Object> settings = settings();
        settings.put("max.partition.fetch.bytes", 8_000_000);
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static List<TopicPartition> partitions(KafkaConsumer<?, ?> consumer, String topic) {
        return consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
    }

    private Map<String, Object> settings() {
        return new HashMap<>(Map.of("bootstrap.servers", brokers));
    }

    private static byte[] bytes(String text) {
        return text.equals(NULL) ? null : text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String text(byte[] bytes) {
        return bytes == null ? NULL : new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
