package postal

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strconv"

	"fenceplatform.com/fence/internal/platform/fault"
)

// Place is what the table knows of a ZIP.
type Place struct {
	ZIP       string
	City      string
	State     string // two letters
	County    string // empty for places outside of any
	TimeZone  string // IANA name
	Latitude  float64
	Longitude float64
}

// Table holds all ZIPs in about a megabyte: fixed rows in order of the ZIP, every name stored once.
// A nil Table knows no ZIP.
type Table struct {
	rows  []row
	names []string
}

// row refers to names by their place in the table.
type row struct {
	zip                       uint32
	latitude, longitude       float32
	city, state, county, zone uint16
}

// Load reads lines of seven columns parted by tabs, in order of the ZIP: ZIP, city, state, county, latitude,
// longitude, time zone.
func Load(lines []byte) (*Table, error) {
	t := &Table{rows: make([]row, 0, bytes.Count(lines, []byte{'\n'})+1)}
	numbers := map[string]uint16{}
	n := 0
	for line := range bytes.Lines(lines) {
		n++
		r, err := t.read(bytes.TrimRight(line, "\r\n"), numbers)
		if err != nil {
			return nil, fmt.Errorf("ZIP table, line %d: %w", n, err)
		}
		if len(t.rows) > 0 && r.zip <= t.rows[len(t.rows)-1].zip {
			return nil, fmt.Errorf("ZIP table, line %d: %05d is out of order", n, r.zip)
		}
		t.rows = append(t.rows, r)
	}
	t.names = slices.Clip(t.names)
	return t, nil
}

func (t *Table) read(line []byte, numbers map[string]uint16) (r row, err error) {
	columns := bytes.Split(line, []byte{'\t'})
	if len(columns) != 7 {
		return r, fmt.Errorf("%d columns, want 7", len(columns))
	}
	zip, err := ParseZIP(string(columns[0]))
	if err != nil || len(columns[0]) != 5 {
		return r, fmt.Errorf("%q is not a ZIP", columns[0])
	}
	r.zip = number(zip)
	if len(columns[1]) == 0 || len(columns[2]) != 2 || len(columns[6]) == 0 {
		return r, fmt.Errorf("%s has no city, state or time zone", zip)
	}
	for i, to := range map[int]*uint16{1: &r.city, 2: &r.state, 3: &r.county, 6: &r.zone} {
		if *to, err = t.intern(columns[i], numbers); err != nil {
			return r, err
		}
	}
	if r.latitude, err = degrees(columns[4], 90); err != nil {
		return r, err
	}
	r.longitude, err = degrees(columns[5], 180)
	return r, err
}

func (t *Table) intern(name []byte, numbers map[string]uint16) (uint16, error) {
	if n, known := numbers[string(name)]; known {
		return n, nil
	}
	if len(t.names) > math.MaxUint16 {
		return 0, fmt.Errorf("more than %d names", math.MaxUint16+1)
	}
	n := uint16(len(t.names))
	t.names = append(t.names, string(name))
	numbers[t.names[n]] = n
	return n, nil
}

func degrees(text []byte, most float64) (float32, error) {
	v, err := strconv.ParseFloat(string(text), 64)
	if err != nil || !(math.Abs(v) <= most) {
		return 0, fmt.Errorf("%q is not a position", text)
	}
	return float32(v), nil
}

// Find looks up five digits. A ZIP that the table does not have is a NotFound fault: new ones appear every
// month, so callers let people type the place.
func (t *Table) Find(zip string) (Place, error) {
	if t == nil || !fiveDigits(zip) {
		return Place{}, unknownZIP(zip)
	}
	i, found := slices.BinarySearchFunc(t.rows, number(zip), func(r row, wanted uint32) int { return int(r.zip) - int(wanted) })
	if !found {
		return Place{}, unknownZIP(zip)
	}
	r := t.rows[i]
	return Place{
		ZIP: zip, City: t.names[r.city], State: t.names[r.state], County: t.names[r.county], TimeZone: t.names[r.zone],
		Latitude: round(r.latitude), Longitude: round(r.longitude),
	}, nil
}

func unknownZIP(zip string) error {
	return fault.New(fault.NotFound, "zip-unknown", "We do not know the ZIP %s.", zip)
}

// round takes back what the short form added behind the fourth digit, about 10 yards.
func round(degrees float32) float64 { return math.Round(float64(degrees)*1e4) / 1e4 }

// Len is how many ZIPs the table has.
func (t *Table) Len() int {
	if t == nil {
		return 0
	}
	return len(t.rows)
}
