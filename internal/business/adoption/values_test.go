package adoption

import (
	"testing"
	"time"

	"fenceplatform.com/fence/internal/platform/money"
)

func TestAmountsAsPeopleAndProgramsWriteThem(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]money.Cents{
		"1234.5": 123450, "$1,234.50": 123450, " 1200 USD": 120000, "(500)": -50000, "-12.30": -1230, "\u221212.30": -1230, "0": 0, ".5": 50,
		"0.30000000000000004": 30, "1.2e3": 120000, "1,234,567": 123456700, "6849.22": 684922,
	} {
		if got, exact, ok := cents(text, false); !ok || !exact || got != want {
			t.Errorf("%q: %d, exact %v, ok %v, want %d", text, got, exact, ok, want)
		}
	}
	if got, exact, ok := cents("10.005", false); !ok || exact || got != 1001 {
		t.Errorf("half a cent: %d, exact %v, ok %v, want 1001 and not exact", got, exact, ok)
	}
	if got, _, ok := cents("684922", true); !ok || got != 684922 {
		t.Errorf("a column of cents: %d, %v", got, ok)
	}
	for _, text := range []string{"", "abc", "1.234,50", "12,34", "NaN", "Infinity", "1e999999999", "$", "--5", "12 000", "99999999999999999"} {
		if got, _, ok := cents(text, false); ok {
			t.Errorf("%q was read as %d", text, got)
		}
	}
}

func TestMomentsAsPeopleAndProgramsWriteThem(t *testing.T) {
	t.Parallel()
	chicago, err := time.LoadLocation("America/Chicago")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"2024-03-05 14:30:00+00": "2024-03-05T14:30:00Z", "2024-03-05 14:30:00.123456+05:30": "2024-03-05T09:00:00.123456Z", "2024-03-05T14:30:00Z": "2024-03-05T14:30:00Z",
		"2024-03-05": "2024-03-05T06:00:00Z", "3/5/2024": "2024-03-05T06:00:00Z", "03/05/24": "2024-03-05T06:00:00Z", "3/5/2024 2:30 PM": "2024-03-05T20:30:00Z",
		"Mar 5, 2024": "2024-03-05T06:00:00Z", "March 5, 2024": "2024-03-05T06:00:00Z", "5 Mar 2024": "2024-03-05T06:00:00Z",
		"1709649000": "2024-03-05T14:30:00Z", "1709649000000": "2024-03-05T14:30:00Z",
	} {
		if got, ok := moment(text, chicago); !ok || got.Format(time.RFC3339Nano) != want {
			t.Errorf("%q: %s, %v, want %s", text, got.Format(time.RFC3339Nano), ok, want)
		}
	}
	for _, text := range []string{"", "tomorrow", "13/13/2024", "0001-01-01", "9999-12-31", "infinity", "2024-02-30", "5", "00/00/0000"} {
		if got, ok := moment(text, chicago); ok {
			t.Errorf("%q was read as %s", text, got)
		}
	}
}

func TestOnlyWhatReadsBackTheSameIsKeptAsADocument(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`{"a": 1}`, `[1, 2.50, null, "x"]`, `12345678901234567890`, `"word"`, `{}`, `-0.5`} {
		if !keepable(text) {
			t.Errorf("%s is a document", text)
		}
	}
	for _, text := range []string{``, `{`, `{"a": 1} {}`, `{"a": 1, "a": 2}`, `"\u0000"`, `"\ud800"`, `1e400`, `NaN`, "\"\xff\""} {
		if keepable(text) {
			t.Errorf("%q is no document that jsonb keeps", text)
		}
	}
	if got := string(value(`{"a": 1, "a": 2}`, "json")); got != `"{\"a\": 1, \"a\": 2}"` {
		t.Errorf("a document that is none is kept as %s, want its text", got)
	}
	if got := string(value("a\x00b\xff", "text")); got != "\"ab\uFFFD\"" {
		t.Errorf("a damaged text is kept as %s", got)
	}
}
