package postal

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"fenceplatform.com/fence/internal/platform/fault"
)

const few = "00501\tHoltsville\tNY\tSuffolk\t40.8154\t-73.0451\tAmerica/New_York\n" +
	"78701\tAustin\tTX\tTravis\t30.2713\t-97.7426\tAmerica/Chicago\n" +
	"79901\tEl Paso\tTX\tEl Paso\t31.7584\t-106.4783\tAmerica/Denver\r\n" +
	"96799\tPago Pago\tAS\t\t-14.2781\t-170.7025\tPacific/Pago_Pago"

func TestFindKnowsTheFirstTheMiddleAndTheLast(t *testing.T) {
	t.Parallel()
	table, err := Load([]byte(few))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []Place{
		{"00501", "Holtsville", "NY", "Suffolk", "America/New_York", 40.8154, -73.0451},
		{"79901", "El Paso", "TX", "El Paso", "America/Denver", 31.7584, -106.4783},
		{"96799", "Pago Pago", "AS", "", "Pacific/Pago_Pago", -14.2781, -170.7025},
	} {
		if got, err := table.Find(want.ZIP); err != nil || got != want {
			t.Errorf("Find(%s) = %+v, %v, want %+v", want.ZIP, got, err, want)
		}
	}
	if table.Len() != 4 {
		t.Errorf("Len is %d, want 4", table.Len())
	}
}

func TestFindRefusesWhatTheTableDoesNotHave(t *testing.T) {
	t.Parallel()
	table, err := Load([]byte(few))
	if err != nil {
		t.Fatal(err)
	}
	for _, zip := range []string{"", "00000", "00502", "78702", "99999", "7870", "787011", "7870x", "-8701", "٧٨٧٠١"} {
		if got, err := table.Find(zip); !fault.Is(err, fault.NotFound) {
			t.Errorf("Find(%q) = %+v, %v, want a NotFound fault", zip, got, err)
		}
	}
	var none *Table
	if _, err := none.Find("78701"); !fault.Is(err, fault.NotFound) || none.Len() != 0 {
		t.Errorf("without a table: %v, want a NotFound fault", err)
	}
}

func TestLoadNamesTheLineThatIsWrong(t *testing.T) {
	t.Parallel()
	good := "78701\tAustin\tTX\tTravis\t30.2713\t-97.7426\tAmerica/Chicago\n"
	for bad, want := range map[string]string{
		"78702\tAustin\n": "line 2: 2 columns",
		good:              "line 2: 78701 is out of order",
		strings.Replace(good, "78701", "7870x", 1):   `line 2: "7870x" is not a ZIP`,
		strings.Replace(good, "78701", "787020", 1):  `line 2: "787020" is not a ZIP`,
		strings.Replace(good, "TX", "Texas", 1):      "line 2: 78701 has no city, state or time zone",
		strings.Replace(good, "30.2713", "91", 1):    `line 2: "91" is not a position`,
		strings.Replace(good, "30.2713", "NaN", 1):   `line 2: "NaN" is not a position`,
		strings.Replace(good, "-97.7426", "1e99", 1): `line 2: "1e99" is not a position`,
	} {
		if _, err := Load([]byte(good + bad)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Load with %q: %v, want %q", bad, err, want)
		}
	}
}

func TestParseZIP(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"78701": "78701", " 78701 ": "78701", "78701-1234": "78701", "78701 1234": "78701", "787011234": "78701", "00501": "00501",
		"": "", "7870": "", "787011": "", "78701-12": "", "78701-12345": "", "7870l": "", "K1A 0B1": "", "٧٨٧٠١": "", "78701\x00": "", "78701\x00123": "",
	} {
		got, err := ParseZIP(typed)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("ParseZIP(%q) = %q, %v, want %q", typed, got, err, want)
		}
		if err != nil && err.Error() != "Enter a ZIP with 5 digits, like 78701." {
			t.Errorf("ParseZIP(%q) says %q", typed, err)
		}
	}
}

func TestParseState(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"TX": "TX", "tx": "TX", " Tx ": "TX", "Texas": "TX", "new  york": "NY", "District of Columbia": "DC", "PR": "PR",
		"": "", "T": "", "ZZ": "", "Tejas": "", "T\x00": "",
	} {
		got, err := ParseState(typed)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("ParseState(%q) = %q, %v, want %q", typed, got, err, want)
		}
	}
}

func TestEveryStateHasATimeZoneThatExists(t *testing.T) {
	t.Parallel()
	for code, s := range states {
		zone := StateZone(code)
		if zone == "" && strings.HasPrefix(s.name, "Armed Forces") {
			continue
		}
		if _, err := time.LoadLocation(zone); zone == "" || err != nil {
			t.Errorf("%s has the time zone %q: %v", s.name, zone, err)
		}
	}
	if got := StateZone("ZZ"); got != "" {
		t.Errorf("StateZone(ZZ) = %q, want nothing", got)
	}
}

// TestTableIsSmall keeps the cost of all ZIPs near a megabyte: every replica pays it.
func TestTableIsSmall(t *testing.T) {
	var lines bytes.Buffer
	for zip := range 42_000 {
		fmt.Fprintf(&lines, "%05d\tCity of %d\tTX\tCounty %d\t30.2713\t-97.7426\tAmerica/Chicago\n", zip, zip/2, zip/20)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	table, err := Load(lines.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 2_500_000 {
		t.Errorf("42,000 ZIPs take %d bytes, want less than 2,500,000", grown)
	}
	runtime.KeepAlive(table)
	runtime.KeepAlive(&lines)
}

func BenchmarkFind(b *testing.B) {
	table, err := Load([]byte(few))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := table.Find("78701"); err != nil {
			b.Fatal(err)
		}
	}
}
