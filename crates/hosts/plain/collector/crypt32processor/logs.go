package crypt32processor

import (
	"context"
	"encoding/json"
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor/processorhelper"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.uber.org/zap"
)

// The names of the attributes, as in the metadata of other hosts.
const (
	verdictKey = "kb_verdict"
	idKey      = "kb_id"
	basisKey   = "kb_basis"
)

// logs judges the records of each batch.
type logs struct {
	config  *Config
	logger  *zap.Logger
	records metric.Int64Counter
	dropped metric.Int64Counter

	// One instance handles one call at a time.
	mutex  sync.Mutex
	module *module
}

func newLogs(set component.TelemetrySettings, config *Config) (*logs, error) {
	meter := set.MeterProvider.Meter("crypt32processor")
	records, err := meter.Int64Counter("otelcol_processor_crypt32_records",
		metric.WithDescription("Log records by verdict"), metric.WithUnit("{record}"))
	if err != nil {
		return nil, err
	}
	dropped, err := meter.Int64Counter("otelcol_processor_crypt32_dropped",
		metric.WithDescription("Log records that were dropped"), metric.WithUnit("{record}"))
	if err != nil {
		return nil, err
	}
	return &logs{config: config, logger: set.Logger, records: records, dropped: dropped}, nil
}

// start fails if the module does, so the collector never runs without the filter unnoticed.
func (l *logs) start(ctx context.Context, _ component.Host) (err error) {
	// The context ends after the start.
	l.module, err = load(context.WithoutCancel(ctx), code, l.config, compiled)
	return err
}

func (l *logs) shutdown(ctx context.Context) error {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.module == nil {
		return nil
	}
	return l.module.close(ctx)
}

// process removes and tags records. If a call of the module fails, this batch and all later ones
// pass unchanged.
func (l *logs) process(ctx context.Context, batch plog.Logs) (plog.Logs, error) {
	judgements := l.judge(ctx, bodies(batch))
	if judgements == nil {
		return batch, nil
	}
	l.count(ctx, judgements)
	if l.config.Action == "observe" {
		return batch, nil
	}
	next := 0
	batch.ResourceLogs().RemoveIf(func(resource plog.ResourceLogs) bool {
		scopes := resource.ScopeLogs().Len()
		resource.ScopeLogs().RemoveIf(func(scope plog.ScopeLogs) bool {
			records := scope.LogRecords().Len()
			scope.LogRecords().RemoveIf(func(record plog.LogRecord) bool {
				next++
				return l.apply(judgements[next-1], record.Attributes())
			})
			return records > 0 && scope.LogRecords().Len() == 0
		})
		return scopes > 0 && resource.ScopeLogs().Len() == 0
	})
	if len(judgements) > 0 && batch.ResourceLogs().Len() == 0 {
		return batch, processorhelper.ErrSkipProcessingData
	}
	return batch, nil
}

// apply sets the attributes of a record, or says that it is dropped. Attributes of the sender with
// the same names are removed, because a pipeline may route by them.
func (l *logs) apply(j judgement, attributes pcommon.Map) bool {
	if j.drops() {
		return true
	}
	for _, key := range []string{verdictKey, idKey, basisKey} {
		attributes.Remove(key)
	}
	if j == 0 {
		return false
	}
	attributes.PutStr(verdictKey, j.verdict())
	attributes.PutStr(idKey, "KB2253680")
	if basis := j.basis(); basis != "" {
		attributes.PutStr(basisKey, basis)
	}
	return false
}

// judge returns nothing if the module failed, now or earlier.
func (l *logs) judge(ctx context.Context, records [][]byte) []judgement {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.module == nil {
		return nil
	}
	judgements, err := l.module.all(context.WithoutCancel(ctx), records)
	if err != nil {
		l.logger.Error("crypt32: all further records pass", zap.Error(err))
		l.module = nil
		return nil
	}
	return judgements
}

func (l *logs) count(ctx context.Context, judgements []judgement) {
	counts, dropped := map[string]int64{}, int64(0)
	for _, j := range judgements {
		counts[j.verdict()]++
		if j.drops() {
			dropped++
		}
	}
	for verdict, count := range counts {
		l.records.Add(ctx, count, metric.WithAttributes(attribute.String("verdict", verdict)))
	}
	l.dropped.Add(ctx, dropped)
}

// bodies returns the records of a batch, in its order.
func bodies(batch plog.Logs) [][]byte {
	all := make([][]byte, 0, batch.LogRecordCount())
	for _, resource := range batch.ResourceLogs().All() {
		for _, scope := range resource.ScopeLogs().All() {
			for _, record := range scope.LogRecords().All() {
				all = append(all, body(record.Body()))
			}
		}
	}
	return all
}

// body returns what a receiver read: text or bytes as they are, and a parsed record as JSON.
func body(value pcommon.Value) []byte {
	switch value.Type() {
	case pcommon.ValueTypeStr:
		return []byte(value.Str())
	case pcommon.ValueTypeBytes:
		return value.Bytes().AsRaw()
	case pcommon.ValueTypeMap:
		// A record that JSON cannot express is not judged.
		text, _ := json.Marshal(value.Map().AsRaw())
		return text
	default:
		return nil
	}
}
