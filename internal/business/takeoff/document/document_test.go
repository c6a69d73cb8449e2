package document

import (
	"strings"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/platform/fault"
)

type sample struct {
	Name  string             `json:"name"`
	Size  float64            `json:"size"`
	Count int                `json:"count"`
	On    *bool              `json:"on"`
	List  []sample           `json:"list"`
	Map   map[string]float64 `json:"map"`
}

func TestDecodeNamesTheOffendingMember(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ doc, pointer string }{
		"unknown name":            {`{"list":[{"colour":1}]}`, "/list/0/colour"},
		"other case":              {`{"Size":1}`, "/Size"},
		"repeated name":           {`{"size":1,"size":2}`, "/size"},
		"repeated key of a map":   {`{"map":{"a":1,"a":2}}`, "/map/a"},
		"null":                    {`{"on":null}`, "/on"},
		"null in a list":          {`{"list":[null]}`, "/list/0"},
		"NUL in a text":           {`{"name":"a\u0000b"}`, "/name"},
		"control in a text":       {`{"name":"a\u0085b"}`, "/name"},
		"NUL in a key":            {`{"map":{"a\u0000":1}}`, "/map/a\u0000"},
		"text for a number":       {`{"size":"1"}`, "/size"},
		"NaN as text":             {`{"size":"NaN"}`, "/size"},
		"NaN bare":                {`{"size":NaN}`, "/size"},
		"number past float64":     {`{"size":1e400}`, "/size"},
		"fraction for a count":    {`{"count":1.5}`, "/count"},
		"count past int64":        {`{"count":99999999999999999999}`, "/count"},
		"number for a flag":       {`{"on":1}`, "/on"},
		"object for a list":       {`{"list":{}}`, "/list"},
		"list for an object":      {`{"list":[[]]}`, "/list/0"},
		"text for an object":      {`"x"`, ""},
		"invalid UTF-8":           {"{\"name\":\"\xff\"}", "/name"},
		"nothing":                 {"", ""},
		"blank":                   {"  ", ""},
		"two documents":           {`{} {}`, ""},
		"cut short":               {`{"size":`, "/size"},
		"nested without end":      {strings.Repeat(`{"list":[`, 40), strings.Repeat("/list/0", 6)},
		"brackets without end":    {`{"list":` + strings.Repeat("[", 1_000_000), "/list" + strings.Repeat("/0", 11)},
		"more than the entries":   {`{"list":[` + strings.Repeat("{},", MaxItems) + `{}]}`, "/list"},
		"larger than may be":      {`{"name":"` + strings.Repeat("a", MaxBytes) + `"}`, "/name"},
		"white space without end": {`{}` + strings.Repeat(" ", MaxBytes), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var v sample
			err := Decode([]byte(test.doc), &v)
			if !fault.Is(err, fault.Invalid) {
				t.Fatalf("Decode = %v, want a fault of kind Invalid", err)
			}
			if got := fault.As(err).Fields[0].Pointer; got != test.pointer {
				t.Errorf("pointer = %q, want %q (%v)", got, test.pointer, err)
			}
		})
	}
}

func TestDecodeKeepsWhatTheDocumentLeavesOut(t *testing.T) {
	t.Parallel()
	v := sample{Size: 8, Name: "kept"}
	if err := Decode([]byte(`{"size": 6}`), &v); err != nil {
		t.Fatal(err)
	}
	if v.Size != 6 || v.Name != "kept" {
		t.Errorf("got %+v, want size 6 and the name kept", v)
	}
}

// It runs alone: beside others it would time the others.
func TestTenMillionEntriesAreRefusedQuickly(t *testing.T) {
	doc := []byte(`{"list":[` + strings.Repeat(`{"size":1},`, 10_000_000) + `{}]}`)
	start := time.Now()
	var v sample
	err := Decode(doc, &v)
	if took := time.Since(start); took > time.Second {
		t.Errorf("took %v, want less than a second", took)
	}
	if !fault.Is(err, fault.Invalid) || fault.As(err).Fields[0].Pointer != "/list" {
		t.Errorf("Decode = %v, want a problem at /list", err)
	}
}

func TestAnAnswerListsTwentyProblemsAtMost(t *testing.T) {
	t.Parallel()
	var c Check
	for range 1000 {
		c.Number("/x", 2, 0, 1)
	}
	if got := len(fault.As(c.Err()).Fields); got != maxProblems || !c.Full() {
		t.Errorf("%d problems, full %v; want %d, true", got, c.Full(), maxProblems)
	}
}
