// Package crypt32processor is a processor for the OpenTelemetry Collector that tags or drops the
// Crypt32 event 8 records that KB2253680 explains.
package crypt32processor

import (
	"context"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/processorhelper"
)

// NewFactory is called by the collector that the builder generates.
func NewFactory() processor.Factory {
	return processor.NewFactory(
		component.MustNewType("crypt32"),
		func() component.Config {
			return &Config{Action: "tag", Accept: []string{"listed", "sibling"}}
		},
		processor.WithLogs(create, component.StabilityLevelAlpha),
	)
}

func create(ctx context.Context, set processor.Settings, config component.Config, next consumer.Logs) (processor.Logs, error) {
	p, err := newLogs(set.TelemetrySettings, config.(*Config))
	if err != nil {
		return nil, err
	}
	return processorhelper.NewLogs(ctx, set, config, next, p.process,
		processorhelper.WithCapabilities(consumer.Capabilities{MutatesData: true}),
		processorhelper.WithStart(p.start),
		processorhelper.WithShutdown(p.shutdown))
}
