package sheet_test

import (
	"slices"
	"strings"
	"testing"

	"fenceplatform.com/fence/internal/platform/sheet"
)

// TestNoCellIsTakenForAFormula is S17: what a customer calls himself is calculated by nobody's spreadsheet.
func TestNoCellIsTakenForAFormula(t *testing.T) {
	t.Parallel()
	for _, cell := range []string{
		`=1+1`, `+1`, `-1`, `@SUM(A1)`, "\t=1", "\r=1", "\n=1", `=HYPERLINK("http://x.example","y")`, `＝1`, `＋1`, `－1`, `＠1`, `'=1`,
		`=cmd|' /C calc'!A0`, `a",=1`, `a;=1`, "a\r\n=1", `","=1`, `"`, `Dana "=1" Ruiz`,
	} {
		fields := written(t, cell, "last")
		if len(fields) != 2 || fields[1] != "last" {
			t.Errorf("%q became %d cells: %q", cell, len(fields), fields)
			continue
		}
		if strings.ContainsAny(fields[0][:1], "=+-@\t\r\n") || strings.ContainsRune("＝＋－＠", []rune(fields[0])[0]) {
			t.Errorf("%q is written as %q, which is calculated", cell, fields[0])
		}
		if got := sheet.Plain(fields[0]); got != cell {
			t.Errorf("%q comes back as %q", cell, got)
		}
	}
}

// TestEveryCellIsQuoted: a spreadsheet that takes semicolons for delimiters does not split a quoted cell.
func TestEveryCellIsQuoted(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	w := sheet.NewWriter(&b)
	w.Cells("a;=1", "", "b")
	if err := w.Flush(); err != nil || b.String() != "\"a;=1\",\"\",\"b\"\r\n" {
		t.Errorf("wrote %q, %v", b.String(), err)
	}
}

func FuzzCellsComeBack(f *testing.F) {
	f.Add("=1", "x")
	f.Add(`'"`, "\r")
	f.Add("a\r\nb", ";\t")
	f.Fuzz(func(t *testing.T, a, b string) {
		fields := written(t, a, b)
		for i := range fields {
			fields[i] = sheet.Plain(fields[i])
		}
		if !slices.Equal(fields, []string{a, b}) {
			t.Errorf("%q and %q come back as %q", a, b, fields)
		}
	})
}

// written is a row as a spreadsheet reads it. Go's own reader would drop a carriage return before a line feed.
func written(t *testing.T, cells ...string) []string {
	t.Helper()
	var b strings.Builder
	w := sheet.NewWriter(&b)
	w.Cells(cells...)
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	rest, ended := strings.CutSuffix(b.String(), "\r\n")
	var fields []string
	for ended && strings.HasPrefix(rest, `"`) {
		var cell strings.Builder
		for rest = rest[1:]; ; rest = rest[2:] {
			text, _, _ := strings.Cut(rest, `"`)
			cell.WriteString(text)
			rest = rest[len(text):]
			if !strings.HasPrefix(rest, `""`) {
				break
			}
			cell.WriteByte('"')
		}
		fields = append(fields, cell.String())
		rest = strings.TrimPrefix(strings.TrimPrefix(rest, `"`), ",")
	}
	if !ended || rest != "" {
		t.Fatalf("%q is not a row of quoted cells", b.String())
	}
	return fields
}
