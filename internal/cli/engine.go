package cli

import (
	"fmt"
	"io"
	"os"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"fenceplatform.com/fence/internal/business/pricing"
	"fenceplatform.com/fence/internal/business/roi"
	"fenceplatform.com/fence/internal/business/takeoff"
)

// input is the argument of the engine's commands.
type input struct {
	File string `arg:"" optional:"" default:"-" help:"The document, or - for standard input."`
}

// maxDocument bounds what is read: far above any yard, far below the machine's memory.
const maxDocument = 64 << 20

func (d input) read(in io.Reader) ([]byte, error) {
	if d.File != "-" {
		f, err := os.Open(d.File)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	b, err := io.ReadAll(io.LimitReader(in, maxDocument+1))
	if err != nil {
		return nil, err
	}
	if len(b) > maxDocument {
		return nil, fmt.Errorf("the document is larger than %d MiB", maxDocument>>20)
	}
	return b, nil
}

func print(out io.Writer, v any) error {
	if err := json.MarshalWrite(out, v, json.Deterministic(true), jsontext.WithIndent("  ")); err != nil {
		return err
	}
	_, err := fmt.Fprintln(out)
	return err
}

type takeoffCommand struct{ input }

// Run takes a layout off.
func (c *takeoffCommand) Run(s *streams) error {
	b, err := c.read(s.In)
	if err != nil {
		return err
	}
	layout, err := takeoff.Parse(b)
	if err != nil {
		return err
	}
	t, err := takeoff.Calculate(layout)
	if err != nil {
		return err
	}
	return print(s.Out, t)
}

type priceCommand struct{ input }

// Run prices a layout with a price list.
func (c *priceCommand) Run(s *streams) error {
	b, err := c.read(s.In)
	if err != nil {
		return err
	}
	in, err := pricing.ParseInput(b)
	if err != nil {
		return err
	}
	p, err := pricing.Calculate(in)
	if err != nil {
		return err
	}
	return print(s.Out, p)
}

type roiCommand struct{ input }

// Run calculates a return.
func (c *roiCommand) Run(s *streams) error {
	b, err := c.read(s.In)
	if err != nil {
		return err
	}
	r, err := roi.Calculate(b)
	if err != nil {
		return err
	}
	return print(s.Out, r)
}
