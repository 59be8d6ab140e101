package crypt32processor

import (
	"context"
	"encoding/json"
	"errors"
)

// Config has the options, with the names of the other programs. The module knows what they take.
type Config struct {
	// Action is tag, drop or observe.
	Action string `mapstructure:"action" json:"action"`
	// Accept has the bases of the records to drop.
	Accept []string `mapstructure:"accept" json:"accept"`
	// OnlyComputers has regular expressions for the names of the computers whose records may be
	// dropped. An empty list is an error.
	OnlyComputers []string `mapstructure:"only_computers" json:"only_computers,omitzero"`
}

// Validate is called by the collector before it starts.
func (c *Config) Validate() error {
	ctx := context.Background()
	m, err := load(ctx, code, c, interpreted)
	if err != nil {
		return err
	}
	return m.close(ctx)
}

// set gives the options to a module.
func (c *Config) set(ctx context.Context, m *module) error {
	options, err := json.Marshal(c)
	if err != nil {
		return err
	}
	_, wrong, err := m.call(ctx, m.options, options)
	if wrong != "" {
		err = errors.Join(err, errors.New(wrong))
	}
	return err
}
