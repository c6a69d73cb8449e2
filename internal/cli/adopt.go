package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"fenceplatform.com/fence/internal/app"
	"fenceplatform.com/fence/internal/business/adoption"
)

type adoptCommand struct {
	settings
	Company   string `name:"org" required:"" help:"The company that the rows go to: the first part of its address."`
	From      string `env:"FENCE_ADOPT_FROM" help:"Address of the old PostgreSQL database. With a password it is better in FENCE_ADOPT_FROM, or in the file that FENCE_ADOPT_FROM_FILE names: flags are seen by others."`
	DryRun    bool   `xor:"deed" help:"Judge and report every row, and write nothing. This is the default."`
	Apply     bool   `xor:"deed" help:"Write, and compare at the end."`
	Schema    string `default:"public" help:"Schema of the old tables."`
	SourceOrg string `help:"Value of the old tables' org_id, where they have rows of several organizations."`
	Label     string `default:"old database" help:"Tells two old databases of one company apart. The same label knows its rows again."`
	Map       string `type:"path" help:"JSON that says which column is what, where guessing is not enough; docs/adopt.md."`
	Report    string `type:"path" help:"File for the report, row by row. Default: adopt-COMPANY.jsonl here."`
	BatchRows int    `default:"1000" help:"Rows that one transaction writes."`
}

// Run judges an old database, and with --apply brings it in.
func (c *adoptCommand) Run(ctx context.Context, io *streams) error {
	s, err := c.read()
	if err != nil {
		return err
	}
	in, err := c.input()
	if err != nil {
		return err
	}
	a, err := app.Beside(ctx, s, logger("warn", io.Err))
	if err != nil {
		return err
	}
	defer a.Close(context.WithoutCancel(ctx))
	platform, err := a.Platform(ctx, c.Company, "fence adopt")
	if err != nil {
		return err
	}
	if c.Report == "" {
		c.Report = "adopt-" + c.Company + ".jsonl"
	}
	file, err := newWhole(c.Report)
	if err != nil {
		return err
	}
	defer file.discard()
	adopt := a.Services.Adoption.Preview
	if c.Apply {
		adopt = a.Services.Adoption.Adopt
	}
	line := newProgressLine(io.Err)
	sum, err := adopt(ctx, platform, in, adoption.Watch{Report: file, Progress: line.show})
	line.end()
	if ctx.Err() != nil {
		return errors.New("interrupted. The same command goes on where it was")
	}
	if err != nil {
		return err
	}
	if err := file.keep(); err != nil {
		return err
	}
	c.tell(io, platform.Org.Name, sum)
	if !sum.Equal() {
		return errors.New("what is here is not what came. The end of the report names each row")
	}
	return nil
}

// input is what was asked for, with the files that it names.
func (c *adoptCommand) input() (adoption.Input, error) {
	in := adoption.Input{From: c.From, Schema: c.Schema, Label: c.Label, SourceOrg: c.SourceOrg, BatchRows: c.BatchRows}
	if path := os.Getenv("FENCE_ADOPT_FROM_FILE"); in.From == "" && path != "" {
		text, err := os.ReadFile(path)
		if err != nil {
			return in, fmt.Errorf("FENCE_ADOPT_FROM_FILE: %w", err)
		}
		in.From = strings.TrimSpace(string(text))
	}
	if in.From == "" {
		return in, errors.New("--from or FENCE_ADOPT_FROM is needed: the address of the old database")
	}
	if c.Map == "" {
		return in, nil
	}
	text, err := os.ReadFile(c.Map)
	if err != nil {
		return in, err
	}
	in.Map, err = adoption.ParseMap(text)
	return in, err
}

func (c *adoptCommand) tell(io *streams, company string, sum adoption.Summary) {
	fmt.Fprintf(io.Out, "Source  %s, read only\nInto    %s\n\n", sum.Source, company)
	w := newTable(io.Out, "TABLE", "ROWS", "TAKEN", "CHANGED", "SKIPPED", "LIKE ANOTHER")
	var all adoption.TableSummary
	for _, t := range sum.Tables {
		w.row(t.Table, t.Rows, t.Taken, t.Changed, t.Skipped, t.Alike)
		all.Rows, all.Taken, all.Changed, all.Skipped, all.Alike = all.Rows+t.Rows, all.Taken+t.Taken, all.Changed+t.Changed, all.Skipped+t.Skipped, all.Alike+t.Alike
	}
	w.row("all", all.Rows, all.Taken, all.Changed, all.Skipped, all.Alike)
	w.end()
	for _, t := range sum.Tables {
		if len(t.Extra) > 0 {
			fmt.Fprintf(io.Out, "%s: to extra: %s\n", t.Table, strings.Join(t.Extra, ", "))
		}
	}
	if len(sum.Compared) > 0 {
		fmt.Fprintln(io.Out)
		w := newTable(io.Out, "HERE", "ROWS CAME", "ROWS HERE", "CHECKSUM CAME", "CHECKSUM HERE", "")
		for _, d := range sum.Compared {
			w.row(d.Table, d.There.Rows, d.Here.Rows, d.There.String(), d.Here.String(), verdict(d))
		}
		w.end()
	}
	fmt.Fprintf(io.Out, "\nReport  %s\n", c.Report)
	if sum.Run == 0 {
		fmt.Fprintln(io.Out, "This was a dry run: nothing was written. Read the report, then run it again with --apply.")
		return
	}
	fmt.Fprintf(io.Out, "Run %d wrote %s rows.\n", sum.Run, thousands(sum.Written))
}

// verdict is the comparison in words.
func verdict(c adoption.Comparison) string {
	var parts []string
	for _, p := range []struct {
		n     int64
		words string
	}{{c.Missing, "missing here"}, {c.More, "no longer in the source"}, {c.Different, "not as in the source"}, {c.Edited, "changed here since"}} {
		if p.n > 0 {
			parts = append(parts, thousands(p.n)+" "+p.words)
		}
	}
	if len(parts) == 0 {
		return "equal"
	}
	return strings.Join(parts, ", ")
}
