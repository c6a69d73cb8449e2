package files

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"

	"fenceplatform.com/fence/internal/platform/fault"
)

// How large the pictures are that we make.
const (
	shownSide     = 2048 // pixels of the longer side
	thumbnailSide = 320
	thumbnailMost = 25_000 // bytes
)

// decodeMost bounds the memory that a picture takes while it is looked at: 64 megapixels of a camera's JPEG.
const decodeMost = 192 << 20

var errTooManyPixels = errors.New("more pixels than we decode")

// made is a picture that we made: nothing in it comes from the file but what one sees.
type made struct {
	jpeg          []byte
	width, height int
}

// decoders are those of the pictures that may be uploaded.
var decoders = map[string]struct {
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}{
	"image/jpeg": {jpeg.DecodeConfig, jpeg.Decode},
	"image/png":  {png.DecodeConfig, png.Decode},
	"image/webp": {webp.DecodeConfig, webp.Decode},
}

// look decodes a picture and makes the shown one and the thumbnail. What it would take is judged by its head, before
// a pixel is decoded.
func look(name string, m media, file io.ReadSeeker) (size image.Config, shown, thumbnail made, err error) {
	d := decoders[m.Type]
	size, err = d.config(file)
	if err != nil {
		return size, shown, thumbnail, unreadable(name, m, err)
	}
	if _, err = file.Seek(0, io.SeekStart); err != nil {
		return size, shown, thumbnail, err
	}
	head := readJPEG(m, file)
	if err = affordable(size, head); err != nil {
		return size, shown, thumbnail, fault.InvalidField("/file", "%s has %d × %d pixels, more than we can show. Save it smaller.", name, size.Width, size.Height).Because(err)
	}
	if _, err = file.Seek(0, io.SeekStart); err != nil {
		return size, shown, thumbnail, err
	}
	picture, err := d.decode(file)
	if err != nil {
		return size, shown, thumbnail, unreadable(name, m, err)
	}
	if got := picture.Bounds(); got.Dx() != size.Width || got.Dy() != size.Height {
		return size, shown, thumbnail, unreadable(name, m, fmt.Errorf("the head says %d × %d, the picture %v", size.Width, size.Height, got))
	}
	small := upright(shrink(picture, shownSide), head.orientation)
	if shown, err = encode(small, 82); err != nil {
		return size, shown, thumbnail, err
	}
	tiny := shrink(small, thumbnailSide)
	for _, quality := range []int{78, 60, 40, 20, 5} {
		if thumbnail, err = encode(tiny, quality); err != nil || len(thumbnail.jpeg) <= thumbnailMost {
			break
		}
	}
	return size, shown, thumbnail, err
}

func unreadable(name string, m media, err error) error {
	return fault.InvalidField("/file", "%s begins like a %s, and cannot be read as one.", name, m.word).Because(err)
}

func encode(picture image.Image, quality int) (made, error) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, picture, &jpeg.Options{Quality: quality}); err != nil {
		return made{}, err
	}
	return made{b.Bytes(), picture.Bounds().Dx(), picture.Bounds().Dy()}, nil
}

// affordable tells whether a picture can be decoded within bounds.
func affordable(c image.Config, head jpegHead) error {
	bytes := int64(4) // a pixel
	switch c.ColorModel {
	case color.YCbCrModel:
		bytes = 3
	case color.GrayModel:
		bytes = 1
	case color.RGBA64Model, color.NRGBA64Model, color.NYCbCrAModel:
		bytes = 8
	case color.Gray16Model:
		bytes = 2
	}
	if head.progressive {
		bytes *= 5 // every coefficient is kept, as 32 bits, until the last scan
	}
	if c.Width <= 0 || c.Height <= 0 || int64(c.Width) > decodeMost || int64(c.Height)*int64(c.Width) > decodeMost/bytes {
		return errTooManyPixels
	}
	return nil
}

// shrink makes the longer side of a picture at most side pixels, each the mean of those that it stands for. What one
// could see through becomes white.
func shrink(from image.Image, side int) *image.RGBA {
	b := from.Bounds()
	w, h := b.Dx(), b.Dy()
	if long := max(w, h); long > side {
		w, h = max(1, w*side/long), max(1, h*side/long)
	}
	to := image.NewRGBA(image.Rect(0, 0, w, h))
	at := pixels(from)
	sums := make([]struct{ r, g, b, n uint64 }, w) // of one row
	for row, y := 0, 0; y < b.Dy(); y++ {
		for x := range b.Dx() {
			c := at(b.Min.X+x, b.Min.Y+y)
			white := uint64(0xffff - c.A)
			s := &sums[x*w/b.Dx()]
			s.r, s.g, s.b, s.n = s.r+uint64(c.R)+white, s.g+uint64(c.G)+white, s.b+uint64(c.B)+white, s.n+1
		}
		if next := (y + 1) * h / b.Dy(); next != row {
			for x, s := range sums {
				to.SetRGBA(x, row, color.RGBA{uint8(s.r / s.n >> 8), uint8(s.g / s.n >> 8), uint8(s.b / s.n >> 8), 0xff})
			}
			clear(sums)
			row = next
		}
	}
	return to
}

// pixels reads a picture's colors, multiplied by what one can see through.
func pixels(p image.Image) func(x, y int) color.RGBA64 {
	if fast, ok := p.(image.RGBA64Image); ok {
		return fast.RGBA64At
	}
	return func(x, y int) color.RGBA64 {
		r, g, b, a := p.At(x, y).RGBA()
		return color.RGBA64{R: uint16(r), G: uint16(g), B: uint16(b), A: uint16(a)}
	}
}

// upright turns a picture as the camera was held: 1 to 8, as EXIF counts.
func upright(p *image.RGBA, orientation int) *image.RGBA {
	if orientation < 2 || orientation > 8 {
		return p
	}
	w, h := p.Rect.Dx(), p.Rect.Dy()
	turned := image.Rect(0, 0, w, h)
	if orientation >= 5 {
		turned = image.Rect(0, 0, h, w)
	}
	out := image.NewRGBA(turned)
	for y := range h {
		for x := range w {
			tx, ty := x, y
			switch orientation {
			case 2:
				tx = w - 1 - x
			case 3:
				tx, ty = w-1-x, h-1-y
			case 4:
				ty = h - 1 - y
			case 5:
				tx, ty = y, x
			case 6:
				tx, ty = h-1-y, x
			case 7:
				tx, ty = h-1-y, w-1-x
			case 8:
				tx, ty = y, w-1-x
			}
			out.SetRGBA(tx, ty, p.RGBAAt(x, y))
		}
	}
	return out
}

// jpegHead is what of a JPEG stands before its pixels and matters here.
type jpegHead struct {
	orientation int
	progressive bool
}

// readJPEG goes through a JPEG's segments up to the one that says how its pixels are kept. Where anything is odd that
// is taken to be the dear way, because a decoder may read on in another manner than this.
func readJPEG(m media, r io.Reader) jpegHead {
	if m.Type != "image/jpeg" {
		return jpegHead{}
	}
	head := jpegHead{progressive: true}
	var marker [4]byte
	if _, err := io.ReadFull(r, marker[:2]); err != nil {
		return head
	}
	for {
		if _, err := io.ReadFull(r, marker[:]); err != nil || marker[0] != 0xff {
			return head
		}
		kind, length := marker[1], int64(binary.BigEndian.Uint16(marker[2:]))-2
		switch {
		case kind == 0xc0 || kind == 0xc1:
			head.progressive = false
			return head
		case kind < 0xc4 || kind >= 0xd0 && kind <= 0xda || kind == 0xff || length < 0: // progressive, without a length, or pixels
			return head
		}
		segment := make([]byte, length)
		if _, err := io.ReadFull(r, segment); err != nil {
			return head
		}
		if kind == 0xe1 && head.orientation == 0 {
			head.orientation = orientation(segment)
		}
	}
}

// orientation is what EXIF says about how the camera was held; 0: nothing.
func orientation(exif []byte) int {
	tiff, found := bytes.CutPrefix(exif, []byte("Exif\x00\x00"))
	if !found || len(tiff) < 8 {
		return 0
	}
	var order binary.ByteOrder = binary.BigEndian
	if tiff[0] == 'I' {
		order = binary.LittleEndian
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 0
	}
	const entry, tag, short = 12, 0x112, 3
	fields := tiff[at+2:]
	for n := range int(order.Uint16(tiff[at:])) {
		if len(fields) < (n+1)*entry {
			return 0
		}
		f := fields[n*entry:]
		if order.Uint16(f) == tag && order.Uint16(f[2:]) == short {
			return int(order.Uint16(f[8:]))
		}
	}
	return 0
}
