package account

import (
	"fmt"
	"image/color"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// qrCode is a QR code as one path of an SVG: a run of dark modules is a rectangle.
type qrCode struct {
	Size int // modules in a row, with the quiet zone
	Path string
}

// quiet is how wide the empty edge is that readers need, in modules.
const quiet = 4

func newQRCode(text string) (qrCode, error) {
	code, err := qr.Encode(text, qr.M, qr.Unicode)
	if err != nil {
		return qrCode{}, fmt.Errorf("draw a QR code: %w", err)
	}
	size := code.Bounds().Dx()
	dark := func(x, y int) bool { return x < size && code.At(x, y) == color.Black }
	var b strings.Builder
	for y := range size {
		for x := 0; x < size; x++ {
			if !dark(x, y) {
				continue
			}
			from := x
			for dark(x, y) {
				x++
			}
			fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", from+quiet, y+quiet, x-from, x-from)
		}
	}
	return qrCode{Size: size + 2*quiet, Path: b.String()}, nil
}

func (q qrCode) box() string { return fmt.Sprintf("0 0 %d %d", q.Size, q.Size) }
