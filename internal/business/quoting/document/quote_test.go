package document_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"

	"fenceplatform.com/fence/internal/business/quoting/document"
	"fenceplatform.com/fence/internal/business/takeoff"
	"fenceplatform.com/fence/internal/ui/assets"
)

func fonts(t *testing.T) document.Fonts {
	t.Helper()
	load := func(weight int) []byte {
		data, err := assets.Font(weight)
		if err != nil {
			t.Fatalf("font of weight %d: %v (make assets builds it)", weight, err)
		}
		return data
	}
	return document.Fonts{Regular: load(400), SemiBold: load(600), Bold: load(700)}
}

func render(t *testing.T, v document.Version) []byte {
	t.Helper()
	pdf, err := document.RenderQuote(v, document.Fonts{})
	if err != nil {
		t.Fatal(err)
	}
	return pdf
}

var (
	streams = regexp.MustCompile(`(?s)/FlateDecode /Length (\d+)>>\nstream\n`)
	shown   = regexp.MustCompile(`\(((?:[^()\\]|\\.)*)\) Tj`)
)

// words reads the text of a PDF in core fonts, page by page in the order of writing.
func words(t *testing.T, pdf []byte) string {
	t.Helper()
	var all strings.Builder
	for _, at := range streams.FindAllIndex(pdf, -1) {
		r, err := zlib.NewReader(bytes.NewReader(pdf[at[1]:]))
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range shown.FindAllSubmatch(content, -1) {
			all.WriteString(strings.NewReplacer(`\(`, "(", `\)`, ")", `\\`, `\`).Replace(string(m[1])) + "\n")
		}
	}
	return all.String()
}

func pages(pdf []byte) int { return bytes.Count(pdf, []byte("<</Type /Page\n")) }

func TestSameVersionGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	for name, set := range map[string]document.Fonts{"core fonts": {}, "our fonts": fonts(t)} {
		want, err := document.RenderQuote(referenceYard(), set)
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			if got, err := document.RenderQuote(referenceYard(), set); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s: a second rendering differs (%v)", name, err)
			}
		}
		if len(want) > 500<<10 {
			t.Errorf("%s: %d bytes, want at most 500 KB", name, len(want))
		}
	}
}

func TestQuoteSaysWhatIsSold(t *testing.T) {
	t.Parallel()
	text := words(t, render(t, referenceYard()))
	for _, want := range []string{
		"Acme Fence", "License TX 48213", "Q-2026-000123", "Dana Ruiz", "12 Oak St, Austin, TX 78701", "Thu, Apr 2, 2026",
		"40'", "60'", "~40 ft", `48" gate`, "House", "Oak St",
		"Basic", "Premium", "Elite", "$5,486.00", "$6,849.22", "$9,183.10", "$1,500.00", "Western red cedar",
		"Included", "Not included", "Copper post caps", "$303.64", "Terms", "Signature of Dana Ruiz",
	} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("the quote does not say %q", want)
		}
	}
}

func TestRightToCancelStandsDirectlyAboveTheSignature(t *testing.T) {
	t.Parallel()
	text := words(t, render(t, referenceYard()))
	right, signature := strings.LastIndex(text, "You, the buyer, may cancel"), strings.Index(text, "Signature of Dana Ruiz")
	if right < 0 || signature < right {
		t.Fatalf("the right to cancel stands at %d, the signature at %d", right, signature)
	}
	if between := strings.Count(text[right:signature], "\n"); between > 4 {
		t.Errorf("%d lines stand from the right to the signature, want its own only", between)
	}
	v := referenceYard()
	v.SoldAtHome = false
	if strings.Contains(words(t, render(t, v)), "may cancel this transaction") {
		t.Error("a quote that is not sold at home speaks of the right to cancel")
	}
}

func TestNoticesOfCancellationCarryTheLastDay(t *testing.T) {
	t.Parallel()
	v := referenceYard()
	v.SaleDay = "2026-07-01"
	text := strings.ReplaceAll(words(t, render(t, v)), "\n", " ")
	if got := strings.Count(text, "NOT LATER THAN MIDNIGHT OF Tue, Jul 7, 2026."); got != 2 {
		t.Errorf("%d notices carry the last day, want 2", got)
	}
	if got := strings.Count(text, "Date of transaction: Wed, Jul 1, 2026"); got != 2 {
		t.Errorf("%d notices carry the day of the sale, want 2", got)
	}
}

func TestUnusualQuotesAreRendered(t *testing.T) {
	t.Parallel()
	set := fonts(t)
	for name, change := range map[string]func(*document.Version){
		"long names": func(v *document.Version) {
			v.Customer.Name = strings.Repeat("Wolfeschlegelstein", 8)
			v.Organization.Name = strings.Repeat("Żółć & Sons ", 12)
			v.Property.Street = strings.Repeat("x", 61)
		},
		"much money": func(v *document.Version) {
			v.Options = v.Options[:1]
			v.Options[0].Lines = nil
			v.Options[0].SubtotalCents, v.Options[0].TotalCents = 12_840_000, 12_840_000
		},
		"other alphabets": func(v *document.Version) {
			v.Customer.Name = "Дана Руис 田中 محمد 🏡 \x00\u202e\ufffe"
			v.Terms = "→ ✓ \u00a0 𝔉 e\u0301 ½"
		},
		"long terms": func(v *document.Version) {
			v.Terms = strings.Repeat("Long terms that nobody reads to the end.\n\n", 1_000)
		},
		"fourteen gates": func(v *document.Version) {
			for i := range 13 {
				v.Drawing.Layout.Gates = append(v.Drawing.Layout.Gates, takeoff.Gate{ID: fmt.Sprint(i), Segment: "s2", OffsetFt: float64(i) * 4.5, OpeningIn: 48, Kind: takeoff.GateWalk})
			}
		},
		"two hundred runs": func(v *document.Version) {
			for i := range 200 {
				v.Drawing.Layout.Nodes = append(v.Drawing.Layout.Nodes, takeoff.Node{ID: fmt.Sprintf("x%d", i), X: 60 + float64(i%14)*9, Y: float64(i/14) * -9})
				v.Drawing.Layout.Segments = append(v.Drawing.Layout.Segments, takeoff.Segment{ID: fmt.Sprintf("y%d", i), From: v.Drawing.Layout.Nodes[i+3].ID, To: fmt.Sprintf("x%d", i)})
			}
		},
		"no drawing": func(v *document.Version) { v.Drawing.Layout.Segments = nil },
		"many lines": func(v *document.Version) {
			for range 250 {
				v.Options[0].Lines = append(v.Options[0].Lines, document.Line{Description: strings.Repeat("line ", 30)})
			}
		},
		"nothing but a price": func(v *document.Version) {
			*v = document.Version{Number: "Q-1", Version: 1, SentAt: v.SentAt, TimeZone: "UTC", ValidUntil: "2026-04-02", Organization: document.Organization{Name: "A"},
				Customer: document.Customer{Name: "B"}, Options: []document.Option{{Key: "a", Name: "Repair"}}, Consent: document.Consent{Version: "1"}}
		},
	} {
		v := referenceYard()
		change(&v)
		for face, set := range map[string]document.Fonts{"core fonts": {}, "our fonts": set} {
			pdf, err := document.RenderQuote(v, set)
			if err != nil {
				t.Errorf("%s in %s: %v", name, face, err)
			}
			if len(pdf) > 500<<10 || pages(pdf) == 0 {
				t.Errorf("%s in %s: %d bytes, %d pages", name, face, len(pdf), pages(pdf))
			}
		}
	}
}

func TestFontsThatAreNoneAreAnError(t *testing.T) {
	t.Parallel()
	for _, data := range [][]byte{[]byte("not a font"), bytes.Repeat([]byte{0xff}, 500)} {
		if _, err := document.RenderQuote(referenceYard(), document.Fonts{Regular: data, SemiBold: data, Bold: data}); err == nil {
			t.Errorf("a font of %q was accepted", data[:8])
		}
	}
}
