package cli

import "fmt"

type configCommand struct {
	Check configCheckCommand `cmd:"" help:"Tell all mistakes at once."`
	Dump  configDumpCommand  `cmd:"" help:"Show every setting; secrets as their presence only."`
}

type configCheckCommand struct{ settings }

// Run checks the settings.
func (c *configCheckCommand) Run(io *streams) error {
	if _, err := c.read(); err != nil {
		return err
	}
	fmt.Fprintln(io.Out, "The settings are in order.")
	return nil
}

type configDumpCommand struct{ settings }

// Run shows the settings, also when they have mistakes.
func (c *configDumpCommand) Run(io *streams) error {
	s, err := c.read()
	fmt.Fprint(io.Out, s.Dump())
	return err
}
