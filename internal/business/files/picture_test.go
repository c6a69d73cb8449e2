package files_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/files"
)

// Every way of holding a camera shows the same corner at the top left.
func TestPicturesStandUpright(t *testing.T) {
	t.Parallel()
	// Where in a picture of 3 × 2 the corner lies that belongs to the top left.
	for orientation, corner := range map[int]image.Point{0: {0, 0}, 1: {0, 0}, 2: {2, 0}, 3: {2, 1}, 4: {0, 1}, 5: {0, 0}, 6: {0, 1}, 7: {2, 1}, 8: {2, 0}, 9: {0, 0}} {
		p := image.NewRGBA(image.Rect(0, 0, 3, 2))
		p.SetRGBA(corner.X, corner.Y, color.RGBA{255, 0, 0, 255})
		out := files.Upright(p, orientation)
		want := image.Rect(0, 0, 3, 2)
		if orientation >= 5 && orientation <= 8 {
			want = image.Rect(0, 0, 2, 3)
		}
		if out.Rect != want || out.RGBAAt(0, 0).R != 255 {
			t.Errorf("orientation %d: %v, the corner is not at the top left", orientation, out.Rect)
		}
	}
}

func TestShrinkingIsTheMean(t *testing.T) {
	t.Parallel()
	p := image.NewNRGBA(image.Rect(10, 10, 4010, 2010))
	for y := 10; y < 2010; y++ {
		for x := 10; x < 4010; x++ {
			if (x+y)%2 == 0 {
				p.SetNRGBA(x, y, color.NRGBA{255, 255, 255, 255})
			} else {
				p.SetNRGBA(x, y, color.NRGBA{0, 0, 0, 255})
			}
		}
	}
	out := files.Shrink(p, 1000)
	if out.Rect != image.Rect(0, 0, 1000, 500) {
		t.Fatalf("it is %v", out.Rect)
	}
	for _, at := range []image.Point{{0, 0}, {999, 499}, {500, 250}} {
		if c := out.RGBAAt(at.X, at.Y); c.R < 126 || c.R > 128 || c.A != 255 {
			t.Errorf("%v at %v, want gray", c, at)
		}
	}
	for _, size := range []image.Point{{1, 1}, {1, 50_000}, {50_000, 1}, {2048, 2048}, {2049, 3}} {
		out := files.Shrink(image.NewRGBA(image.Rectangle{Max: size}), 2048)
		if out.Rect.Dx() < 1 || out.Rect.Dy() < 1 || out.Rect.Dx() > 2048 || out.Rect.Dy() > 2048 {
			t.Errorf("%v became %v", size, out.Rect)
		}
		if c := out.RGBAAt(0, 0); c.R != 255 || c.A != 255 { // one could see through
			t.Errorf("%v: %v, want white", size, c)
		}
	}
}

func TestExifThatIsBrokenSaysNothing(t *testing.T) {
	t.Parallel()
	whole := tagged([]byte{0xff, 0xd8, 0xff, 0xd9}, 6)[6:]
	if got := files.Orientation(whole); got != 6 {
		t.Errorf("orientation %d, want 6", got)
	}
	for n := range whole {
		files.Orientation(whole[:n]) // does not fall over
		changed := bytes.Clone(whole)
		changed[n] = 0xff
		files.Orientation(changed)
	}
}

// bomb is a PNG whose head says one thing and whose body is as large as that, compressed.
func bomb(width, height uint32, rows int) []byte {
	b := []byte("\x89PNG\r\n\x1a\n")
	chunk := func(kind string, data []byte) {
		b = binary.BigEndian.AppendUint32(b, uint32(len(data)))
		at := len(b)
		b = append(append(b, kind...), data...)
		b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[at:]))
	}
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, width), height)
	chunk("IHDR", append(head, 8, 6, 0, 0, 0))
	var body bytes.Buffer
	z := zlib.NewWriter(&body)
	for range rows {
		_, _ = z.Write(make([]byte, 1+4*int(width))) // into memory
	}
	_ = z.Close()
	chunk("IDAT", body.Bytes())
	chunk("IEND", nil)
	return b
}

// progressive makes the head of a JPEG that says so many pixels, with markers before it that hide it from who reads
// carelessly.
func progressive(width, height uint16, hidden string) []byte {
	b := append([]byte("\xff\xd8"), hidden...)
	b = append(b, 0xff, 0xc2, 0, 17, 8)
	b = binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(b, height), width)
	return append(b, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0)
}

// What would take more memory than it is worth is refused by its head, within a second and 64 MiB.
func TestBombsAreRefusedByTheirHead(t *testing.T) {
	w := setup(t)
	webp := func(width, height uint32) []byte { // a small one outside, and a large one inside
		b := []byte("RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00VP8L\x20\x00\x00\x00\x2f")
		b = binary.LittleEndian.AppendUint32(b, (width-1)|(height-1)<<14)
		b = append(b, make([]byte, 27)...)
		binary.LittleEndian.PutUint32(b[4:], uint32(len(b)-8))
		return b
	}
	bombs := map[string][]byte{
		"a.png": bomb(60_000, 60_000, 1000), "b.png": bomb(1, 0x7fffffff, 1000), "c.png": bomb(0x7fffffff, 1, 0), "d.png": bomb(8000, 7000, 7000),
		"e.jpg": progressive(65_535, 65_535, ""), "f.jpg": progressive(8000, 8000, ""), "g.jpg": progressive(8000, 8000, "\xff\xff\xff\xff"),
		"h.jpg": progressive(8000, 8000, "\xff\xd0"), "i.jpg": progressive(8000, 8000, "\xff\xfe\x00\x02"), "j.jpg": progressive(8000, 8000, "\xff\x01"),
		"k.jpg": progressive(8000, 8000, "garbage"), "l.webp": webp(16_384, 16_384), "m.webp": webp(8000, 8000),
	}
	defer debug.SetGCPercent(debug.SetGCPercent(10)) // so that what is held shows
	for name, b := range bombs {
		runtime.GC()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		began := time.Now()
		_, err := w.files.Upload(t.Context(), w.a, photo(name, b))
		took := time.Since(began)
		runtime.ReadMemStats(&after)
		wantField(t, fmt.Sprintf("%s of %d bytes", name, len(b)), err, "/file")
		if grown := int64(after.TotalAlloc - before.TotalAlloc); grown > 64<<20 {
			t.Errorf("%s took %d MiB", name, grown>>20)
		}
		if took > time.Second {
			t.Errorf("%s took %s", name, took)
		}
	}
	w.doTasks(t)
	w.wantNothing(t, "after all bombs")
}

func BenchmarkPhotoOfTwelveMegapixels(b *testing.B) {
	p := drawn(4032, 3024, 1)
	for b.Loop() {
		files.Shrink(p, 2048)
	}
}
