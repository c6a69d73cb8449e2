package kit

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"fenceplatform.com/fence/internal/platform/fault"
)

// BrandColor is a contractor's own color with what is computed from it, so that it can be read everywhere
// the contractor's customers look. It is computed when the color is saved, never by the browser.
type BrandColor struct {
	Fill     string // the color as chosen: #FFC20E
	On       string // text on the fill: #FFFFFF or #000000, whichever reads better
	Text     string // the color as text on light paper, darkened until it reads
	TextDark string // the color as text on dark paper, lightened until it reads

	OnRatio   float64 // contrast of On on Fill
	TextRatio float64 // contrast of Text on the light rail
	// Border tells that the fill can hardly be told from light paper and gets a line around it;
	// BorderDark the same of dark paper.
	Border, BorderDark bool
}

// Surfaces of client/css/tokens.css that the brand color is measured on.
const (
	paperLight, railLight = "#FFFFFF", "#F6F5F1"
	paperDark, railDark   = "#14181A", "#1B2022"
)

const (
	textContrast = 4.5 // WCAG 2 AA for text
	edgeContrast = 3.0 // WCAG 2 AA for what is not text
)

// Brand computes what is needed to use a color given as #RRGGBB.
func Brand(color string) (BrandColor, error) {
	fill, err := parseColor(color)
	if err != nil {
		return BrandColor{}, err
	}
	b := BrandColor{Fill: fill.hex(), On: "#FFFFFF"}
	white, black := contrast(fill, rgb{255, 255, 255}), contrast(fill, rgb{})
	b.OnRatio = white
	// Pure black, not the page's ink: the worst color then still has 4.58, with ink it would fall to 4.20.
	if black > white {
		b.On, b.OnRatio = "#000000", black
	}
	light, dark := mustColor(railLight), mustColor(railDark)
	text := shiftUntil(fill, light, textContrast, darker)
	b.Text, b.TextRatio = text.hex(), contrast(text, light)
	b.TextDark = shiftUntil(fill, dark, textContrast, lighter).hex()
	b.Border = contrast(fill, mustColor(paperLight)) < edgeContrast
	b.BorderDark = contrast(fill, mustColor(paperDark)) < edgeContrast
	return b, nil
}

// Words says how the color reads, because a ratio means nothing to its owner.
func (b BrandColor) Words() string {
	if b.Fill == b.Text && !b.Border {
		return "Reads well"
	}
	if b.Border {
		return "Reads well on buttons; as text and edges we use a darker shade"
	}
	return "Reads well on buttons; as text we use a darker shade"
}

// CSS is the color's own small style sheet. Only hexadecimal digits of parsed colors get into it.
func (b BrandColor) CSS() string {
	edge, edgeDark := b.Fill, b.Fill
	if b.Border {
		edge = b.Text
	}
	if b.BorderDark {
		edgeDark = b.TextDark
	}
	dark := fmt.Sprintf("{--brand-text:%s;--brand-edge:%s}", b.TextDark, edgeDark)
	var css strings.Builder
	fmt.Fprintf(&css, ":root{--brand:%s;--on-brand:%s;--brand-text:%s;--brand-edge:%s}\n", b.Fill, b.On, b.Text, edge)
	fmt.Fprintf(&css, "@media (prefers-color-scheme:dark){:root:not([data-theme=light]):not([data-theme=daylight])%s}\n", dark)
	fmt.Fprintf(&css, ":root[data-theme=dark]%s\n", dark)
	return css.String()
}

// Path is the address of CSS; it changes with the content and may be cached for ever.
func (b BrandColor) Path() string {
	sum := sha256.Sum256([]byte(b.CSS()))
	return "/brand." + hex.EncodeToString(sum[:8]) + ".css"
}

func parseColor(text string) (rgb, error) {
	raw, err := hex.DecodeString(strings.TrimPrefix(strings.TrimSpace(text), "#"))
	if err != nil || len(raw) != 3 {
		return rgb{}, fault.InvalidField("/color", "Enter a color as # and 6 digits or letters A to F, like #FFC20E.")
	}
	return rgb{raw[0], raw[1], raw[2]}, nil
}

// mustColor parses a color of this file.
func mustColor(text string) rgb {
	c, err := parseColor(text)
	if err != nil {
		panic(err)
	}
	return c
}
