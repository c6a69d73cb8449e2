package cli

import (
	"fmt"

	"fenceplatform.com/fence/internal/platform/pg/contextkey"
)

type contextKeyCommand struct{}

// Run prints a new key.
func (contextKeyCommand) Run(io *streams) error {
	fmt.Fprintln(io.Out, contextkey.New())
	return nil
}
