package kit

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestBrandComputesReadableColors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		color, on string
		onRatio   float64
		text      string
		textRatio float64
		border    bool
	}{
		{"#FFC20E", "#000000", 12.97, "#8D6A07", 4.58, true},
		{"#C8102E", "#FFFFFF", 5.88, "#C8102E", 5.39, false},
		{"#767676", "#000000", 4.62, "#707070", 4.54, false},
		{"#00A651", "#000000", 6.57, "#08813F", 4.55, false},
		{"#6DC8F2", "#000000", 11.19, "#07789F", 4.58, true},
		{"#F5F5F0", "#000000", 19.20, "#70706C", 4.55, true},
	} {
		b, err := Brand(c.color)
		if err != nil {
			t.Fatalf("Brand(%s): %v", c.color, err)
		}
		if b.On != c.on || math.Abs(b.OnRatio-c.onRatio) > 0.01 {
			t.Errorf("Brand(%s) on fill: got %s %.2f, want %s %.2f", c.color, b.On, b.OnRatio, c.on, c.onRatio)
		}
		if b.Text != c.text || math.Abs(b.TextRatio-c.textRatio) > 0.01 {
			t.Errorf("Brand(%s) as text: got %s %.2f, want %s %.2f", c.color, b.Text, b.TextRatio, c.text, c.textRatio)
		}
		if b.Border != c.border {
			t.Errorf("Brand(%s) border: got %v, want %v", c.color, b.Border, c.border)
		}
	}
}

func TestBrandReadsForEveryColor(t *testing.T) {
	t.Parallel()
	for n := range 8 { // black, white and the pure colors
		brandReads(t, rgb{uint8(n & 1 * 255), uint8(n >> 1 & 1 * 255), uint8(n >> 2 & 1 * 255)})
	}
	rapid.Check(t, func(t *rapid.T) {
		brandReads(t, rgb{rapid.Uint8().Draw(t, "r"), rapid.Uint8().Draw(t, "g"), rapid.Uint8().Draw(t, "b")})
	})
}

func brandReads(t rapid.TB, fill rgb) {
	b, err := Brand(fill.hex())
	if err != nil {
		t.Fatalf("Brand(%s): %v", fill.hex(), err)
	}
	if b.OnRatio < textContrast {
		t.Errorf("%s: text on fill has %.2f, want ≥ %.1f", b.Fill, b.OnRatio, textContrast)
	}
	if got := contrast(mustColor(b.Text), mustColor(railLight)); got < textContrast {
		t.Errorf("%s: text %s on light rail has %.2f, want ≥ %.1f", b.Fill, b.Text, got, textContrast)
	}
	if got := contrast(mustColor(b.TextDark), mustColor(railDark)); got < textContrast {
		t.Errorf("%s: text %s on dark rail has %.2f, want ≥ %.1f", b.Fill, b.TextDark, got, textContrast)
	}
}

func TestBrandRefusesWhatIsNoColor(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "#FFF", "red", "#12345G", "#FFC20E;}*{display:none", "#FFC20E00"} {
		if b, err := Brand(text); err == nil {
			t.Errorf("Brand(%q) = %v, want a refusal", text, b)
		}
	}
}

func TestBrandSheetChangesItsAddressWithItsContent(t *testing.T) {
	t.Parallel()
	yellow, _ := Brand("#ffc20e")
	same, _ := Brand(" #FFC20E ")
	red, _ := Brand("#C8102E")
	if yellow.Path() != same.Path() {
		t.Errorf("one color, two addresses: %s and %s", yellow.Path(), same.Path())
	}
	if yellow.Path() == red.Path() {
		t.Errorf("two colors, one address: %s", red.Path())
	}
	for _, want := range []string{"--brand:#FFC20E", "--on-brand:#000000", "--brand-text:#8D6A07", "--brand-edge:#8D6A07"} {
		if !strings.Contains(yellow.CSS(), want) {
			t.Errorf("sheet of #FFC20E lacks %s:\n%s", want, yellow.CSS())
		}
	}
}
