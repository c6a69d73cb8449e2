package document_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	strict "github.com/go-json-experiment/json"
	"pgregory.net/rapid"

	"fenceplatform.com/fence/internal/business/quoting/document"
	"fenceplatform.com/fence/internal/platform/fault"
)

func canonical(t *testing.T, v document.Version) []byte {
	t.Helper()
	text, err := v.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestCanonicalFormSurvivesStorage(t *testing.T) {
	t.Parallel()
	want := canonical(t, referenceYard())
	// Another writer: indented, members in another order, every letter escaped that may be.
	var loose any
	if err := json.Unmarshal(want, &loose); err != nil {
		t.Fatal(err)
	}
	stored, err := json.MarshalIndent(loose, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	var again document.Version
	if err := strict.Unmarshal(stored, &again, strict.RejectUnknownMembers(true)); err != nil {
		t.Fatal(err)
	}
	if got := canonical(t, again); !bytes.Equal(got, want) {
		t.Errorf("after storage\n%s\nwant\n%s", got, want)
	}
}

func TestCanonicalFormIsTheSameForEqualTexts(t *testing.T) {
	t.Parallel()
	composed, decomposed := referenceYard(), referenceYard()
	composed.Customer.Name, decomposed.Customer.Name = "Jos\u00e9 \u0301x", "Jose\u0301 \u0301x"
	if a, b := canonical(t, composed), canonical(t, decomposed); !bytes.Equal(a, b) {
		t.Errorf("composed and decomposed letters differ:\n%s\n%s", a, b)
	}
	zoned := referenceYard()
	zoned.SentAt = zoned.SentAt.In(time.FixedZone("x", -6*3600)).Add(300 * time.Millisecond)
	if !bytes.Equal(canonical(t, referenceYard()), canonical(t, zoned)) {
		t.Error("the same second in another zone has another canonical form")
	}
}

func TestEveryMemberCountsForTheHash(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := referenceYard(), referenceYard()
		text := rapid.StringMatching(`[a-z]{1,8}`).Draw(t, "text")
		change := rapid.SampledFrom([]func(*document.Version){
			func(v *document.Version) { v.Terms += text },
			func(v *document.Version) { v.Options[1].TotalCents++ },
			func(v *document.Version) { v.Options[0].Lines[1].Description += text },
			func(v *document.Version) { v.Drawing.Layout.Nodes[2].X += 0.5 },
			func(v *document.Version) { v.Organization.License += text },
			func(v *document.Version) { v.SoldAtHome = false },
			func(v *document.Version) { v.Consent.Text += text },
		}).Draw(t, "change")
		change(&b)
		ha, errA := a.Hash()
		hb, errB := b.Hash()
		if errA != nil || errB != nil || ha == hb {
			t.Fatalf("hash %s after a change: %s (%v, %v)", ha, hb, errA, errB)
		}
	})
}

// A signed file goes to the customer: no member of it may ever carry what the contractor keeps to himself.
func TestVersionHasNoPlaceForCosts(t *testing.T) {
	t.Parallel()
	seen := map[reflect.Type]bool{}
	var walk func(reflect.Type, string)
	walk = func(typ reflect.Type, path string) {
		switch typ.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
			walk(typ.Elem(), path)
			return
		case reflect.Struct:
		default:
			return
		}
		if seen[typ] || typ == reflect.TypeFor[time.Time]() {
			return
		}
		seen[typ] = true
		for i := range typ.NumField() {
			field := typ.Field(i)
			for _, word := range []string{"cost", "margin", "markup", "overhead", "profit"} {
				if strings.Contains(strings.ToLower(field.Name+field.Tag.Get("json")), word) {
					t.Errorf("%s.%s could show %s to the customer", path, field.Name, word)
				}
			}
			walk(field.Type, path+"."+field.Name)
		}
	}
	walk(reflect.TypeFor[document.Version](), "Version")
}

func TestVersionsThatDoNotAddUpAreRefused(t *testing.T) {
	t.Parallel()
	for pointer, spoil := range map[string]func(*document.Version){
		"/options/1/total_cents":    func(v *document.Version) { v.Options[1].TotalCents++ },
		"/options/0/subtotal_cents": func(v *document.Version) { v.Options[0].Lines[0].PriceCents-- },
		"/options/2/deposit_cents":  func(v *document.Version) { v.Options[2].DepositCents = v.Options[2].TotalCents + 1 },
		"/options/1/key":            func(v *document.Version) { v.Options[1].Key = v.Options[0].Key },
		"/options":                  func(v *document.Version) { v.Options = nil },
		"/number":                   func(v *document.Version) { v.Number = "" },
		"/time_zone":                func(v *document.Version) { v.TimeZone = "Local" },
		"/valid_until":              func(v *document.Version) { v.ValidUntil = "soon" },
		"/terms":                    func(v *document.Version) { v.Terms = strings.Repeat("x", 60_001) },
		"/organization/color":       func(v *document.Version) { v.Organization.Color = "blue" },
	} {
		v := referenceYard()
		spoil(&v)
		err := v.Check()
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: Check() = %v, want an invalid fault", pointer, err)
			continue
		}
		if got := fault.As(err).Fields[0].Pointer; got != pointer {
			t.Errorf("Check() names %s, want %s", got, pointer)
		}
		if _, err := document.RenderQuote(v, document.Fonts{}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: RenderQuote() = %v, want an invalid fault", pointer, err)
		}
	}
}
