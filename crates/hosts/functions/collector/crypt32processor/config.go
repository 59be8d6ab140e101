package crypt32processor

import (
	"fmt"
	"slices"
)

// Config has the options, with the names of the other programs.
type Config struct {
	// Action is tag, drop or observe.
	Action string `mapstructure:"action"`
	// Accept has the bases of the records to drop.
	Accept []string `mapstructure:"accept"`
}

// Validate is called by the collector before it starts.
func (c *Config) Validate() error {
	if !slices.Contains([]string{"tag", "drop", "observe"}, c.Action) {
		return fmt.Errorf("action takes tag, drop or observe, not %q", c.Action)
	}
	accept := slices.Sorted(slices.Values(c.Accept))
	// The module has functions for these two.
	if !slices.Equal(accept, []string{"listed", "sibling"}) && !c.acceptsAll() {
		return fmt.Errorf("accept takes [listed, sibling] or [listed, sibling, cause], not %v", c.Accept)
	}
	return nil
}

// acceptsAll says whether every benign record may be dropped.
func (c *Config) acceptsAll() bool {
	return slices.Equal(slices.Sorted(slices.Values(c.Accept)), []string{"cause", "listed", "sibling"})
}
