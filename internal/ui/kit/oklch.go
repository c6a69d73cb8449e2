package kit

import (
	"fmt"
	"math"
)

// rgb is an sRGB color.
type rgb struct{ r, g, b uint8 }

func (c rgb) hex() string { return fmt.Sprintf("#%02X%02X%02X", c.r, c.g, c.b) }

// contrast is the ratio of WCAG 2.
func contrast(a, b rgb) float64 {
	x, y := a.luminance(), b.luminance()
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func (c rgb) luminance() float64 {
	return 0.2126*linear(c.r) + 0.7152*linear(c.g) + 0.0722*linear(c.b)
}

// linear is the light that a channel's value stands for.
func linear(channel uint8) float64 {
	v := float64(channel) / 255
	if v <= 0.04045 {
		return v / 12.92
	}
	return math.Pow((v+0.055)/1.055, 2.4)
}

// channel is the value that stands for an amount of light.
func channel(light float64) uint8 {
	light = min(max(light, 0), 1)
	v := 1.055*math.Pow(light, 1/2.4) - 0.055
	if light <= 0.0031308 {
		v = 12.92 * light
	}
	return uint8(math.Round(255 * v))
}

// oklch is a color as lightness, chroma and hue of Björn Ottosson's OKLab, in which a change of lightness
// leaves the hue as it looks.
type oklch struct{ l, c, h float64 }

func (c rgb) oklch() oklch {
	r, g, b := linear(c.r), linear(c.g), linear(c.b)
	l := math.Cbrt(0.4122214708*r + 0.5363325363*g + 0.0514459929*b)
	m := math.Cbrt(0.2119034982*r + 0.6806995451*g + 0.1073969566*b)
	s := math.Cbrt(0.0883024619*r + 0.2817188376*g + 0.6299787005*b)
	x := 1.9779984951*l - 2.4285922050*m + 0.4505937099*s
	y := 0.0259040371*l + 0.7827717662*m - 0.8086757660*s
	return oklch{
		l: 0.2104542553*l + 0.7936177850*m - 0.0040720468*s,
		c: math.Hypot(x, y),
		h: math.Atan2(y, x),
	}
}

// light is the color as amounts of red, green and blue light; outside 0 to 1 a screen cannot show it.
func (o oklch) light() (r, g, b float64) {
	x, y := o.c*math.Cos(o.h), o.c*math.Sin(o.h)
	l := cube(o.l + 0.3963377774*x + 0.2158037573*y)
	m := cube(o.l - 0.1055613458*x - 0.0638541728*y)
	s := cube(o.l - 0.0894841775*x - 1.2914855480*y)
	return 4.0767416621*l - 3.3077115913*m + 0.2309699292*s,
		-1.2684380046*l + 2.6097574011*m - 0.3413193965*s,
		-0.0041960863*l - 0.7034186147*m + 1.7076147010*s
}

func cube(v float64) float64 { return v * v * v }

// fitted is the color with as much of its chroma as a screen can show, in fiftieths.
func (o oklch) fitted() rgb {
	full := o.c
	for step := 0; step <= 50; step++ {
		o.c = full * (1 - 0.02*float64(step))
		if r, g, b := o.light(); shown(r) && shown(g) && shown(b) {
			return rgb{channel(r), channel(g), channel(b)}
		}
	}
	r, g, b := o.light()
	return rgb{channel(r), channel(g), channel(b)}
}

func shown(v float64) bool { return v >= 0 && v <= 1 }

// Directions in which a color is moved to be read: on light paper and on dark.
const (
	darker  = -0.005
	lighter = +0.005
)

// shiftUntil moves a color's lightness by steps until it has the ratio on the surface. A color that already
// has it is left exactly as it is.
func shiftUntil(c, surface rgb, ratio, step float64) rgb {
	o := c.oklch()
	for contrast(c, surface) < ratio && o.l+step > 0 && o.l+step < 1 { // black has somewhere to go too: up
		o.l += step
		c = o.fitted()
	}
	return c
}
