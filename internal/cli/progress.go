package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"fenceplatform.com/fence/internal/business/adoption"
)

// progressLine is one line that is written over on a terminal, and a line every few seconds elsewhere.
type progressLine struct {
	out      io.Writer
	terminal bool
	stage    adoption.Stage
	began    time.Time
	first    int64 // what was done when the stage began: a run that goes on did not do it now
	shown    time.Time
	width    int
}

func newProgressLine(out io.Writer) *progressLine {
	p := &progressLine{out: out}
	if f, ok := out.(*os.File); ok {
		info, err := f.Stat()
		p.terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return p
}

func (p *progressLine) show(now adoption.Progress) {
	if p.stage != now.Stage {
		p.stage, p.began, p.first, p.shown = now.Stage, time.Now(), now.Done, time.Time{}
	}
	every := 3 * time.Second
	if p.terminal {
		every = 100 * time.Millisecond
	}
	if now.Done < now.Total && time.Since(p.shown) < every {
		return
	}
	p.shown = time.Now()
	text := fmt.Sprintf("%s %s: %s of %s rows%s", now.Stage, now.Table, thousands(now.Done), thousands(now.Total), p.rate(now))
	if !p.terminal {
		fmt.Fprintln(p.out, text)
		return
	}
	fmt.Fprintf(p.out, "\r%s%s", text, strings.Repeat(" ", max(0, p.width-len(text))))
	p.width = len(text)
}

// rate is how fast it goes and what is left, once that can be told.
func (p *progressLine) rate(now adoption.Progress) string {
	took := time.Since(p.began).Seconds()
	if took < 0.5 || now.Done <= p.first {
		return ""
	}
	each := float64(now.Done-p.first) / took
	left := time.Duration(float64(now.Total-now.Done) / each * float64(time.Second))
	return fmt.Sprintf(", %s a second, %s left", thousands(int64(each)), left.Round(time.Second))
}

func (p *progressLine) end() {
	if p.terminal && p.width > 0 {
		fmt.Fprintln(p.out)
	}
}

// thousands writes a count as people read it.
func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// whole is a file that appears when it is complete. Only who runs the command may read it.
type whole struct {
	*os.File
	path string
}

func newWhole(path string) (*whole, error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".writing-*") // mode 0600
	if err != nil {
		return nil, fmt.Errorf("the report cannot be written there: %w", err)
	}
	return &whole{f, path}, nil
}

func (w *whole) keep() error {
	if err := w.Close(); err != nil {
		return err
	}
	return os.Rename(w.Name(), w.path)
}

// discard takes away what was not kept.
func (w *whole) discard() {
	_ = w.Close()           // closed already when it was kept
	_ = os.Remove(w.Name()) // gone when it was kept
}

// table writes columns.
type table struct {
	w       *tabwriter.Writer
	columns int
}

func newTable(out io.Writer, heads ...string) *table {
	t := &table{tabwriter.NewWriter(out, 0, 0, 2, ' ', 0), len(heads)}
	fmt.Fprintln(t.w, strings.TrimRight(strings.Join(heads, "\t"), "\t"))
	return t
}

func (t *table) row(cells ...any) {
	texts := make([]string, len(cells))
	for i, c := range cells {
		texts[i] = fmt.Sprint(c)
		if n, ok := c.(int64); ok {
			texts[i] = thousands(n)
		}
	}
	fmt.Fprintln(t.w, strings.Join(texts, "\t"))
}

func (t *table) end() { _ = t.w.Flush() } // the screen
