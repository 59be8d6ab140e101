// Redpanda Connect with nothing but what the tests use.
package main

import (
	"context"

	"github.com/redpanda-data/benthos/v4/public/service"

	_ "github.com/redpanda-data/benthos/v4/public/components/io"
	_ "github.com/redpanda-data/benthos/v4/public/components/pure"
	_ "github.com/redpanda-data/connect/v4/public/components/kafka"
	_ "github.com/redpanda-data/connect/v4/public/components/redpanda"
	_ "github.com/redpanda-data/connect/v4/public/components/wasm"
)

func main() { service.RunCLI(context.Background()) }
