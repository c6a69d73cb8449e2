package document

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strconv"
)

// pdfFile is one of our own PDFs read back: classic cross-reference table, one section, no encryption. It reads
// nothing else, on purpose.
type pdfFile struct {
	data    []byte
	size    int   // one past the highest object number
	xref    int   // where the table starts
	offsets []int // by object number
	root    int
}

var errNotOurs = errors.New("not a PDF of this renderer")

var (
	pdfTail    = regexp.MustCompile(`trailer\n<<\n/Size (\d{1,7})\n/Root (\d{1,7}) 0 R\n/Info \d{1,7} 0 R\n>>\nstartxref\n(\d{1,10})\n%%EOF\n$`)
	pdfKids    = regexp.MustCompile(`^<</Type /Pages\n/Kids \[((?:\d{1,7} 0 R )+)\]\n/Count (\d{1,6})\n/MediaBox \[0 0 612\.00 792\.00\]\n>>\n$`)
	pdfPointer = regexp.MustCompile(`\b(\d{1,7}) 0 R\b`)
)

func readPDF(data []byte) (*pdfFile, error) {
	tail := pdfTail.FindSubmatch(data[max(0, len(data)-400):])
	if tail == nil || !bytes.HasPrefix(data, []byte("%PDF-1.")) {
		return nil, errNotOurs
	}
	f := &pdfFile{data: data, size: number(tail[1]), root: number(tail[2]), xref: number(tail[3])}
	head := fmt.Appendf(nil, "xref\n0 %d\n0000000000 65535 f \n", f.size)
	if f.xref >= len(data) || !bytes.HasPrefix(data[f.xref:], head) {
		return nil, errNotOurs
	}
	entries := data[f.xref+len(head):]
	const width = 20 // "0000000015 00000 n \n"
	if f.size < 3 || f.root >= f.size || len(entries) < width*(f.size-1) {
		return nil, errNotOurs
	}
	f.offsets = make([]int, f.size)
	for i := 1; i < f.size; i++ {
		entry := entries[width*(i-1) : width*i]
		f.offsets[i] = number(entry[:10])
		if f.offsets[i] <= 0 || f.offsets[i] >= f.xref {
			return nil, errNotOurs
		}
	}
	return f, nil
}

// object is the text between "n 0 obj" and "endobj".
func (f *pdfFile) object(n int) ([]byte, error) {
	if n < 1 || n >= f.size {
		return nil, errNotOurs
	}
	head := fmt.Appendf(nil, "%d 0 obj\n", n)
	body, ok := bytes.CutPrefix(f.data[f.offsets[n]:], head)
	if !ok {
		return nil, errNotOurs
	}
	// The end is looked for before the next object, and from behind: a stream may contain the word.
	end := f.xref - f.offsets[n] - len(head)
	for _, other := range f.offsets {
		if gap := other - f.offsets[n] - len(head); gap > 0 && gap < end {
			end = gap
		}
	}
	at := bytes.LastIndex(body[:min(max(end, 0), len(body))], []byte("endobj"))
	if at < 0 {
		return nil, errNotOurs
	}
	return body[:at], nil
}

// kids are the page objects in order.
func (f *pdfFile) kids() ([]int, error) {
	pages, err := f.object(1)
	if err != nil {
		return nil, err
	}
	match := pdfKids.FindSubmatch(pages)
	if match == nil {
		return nil, errNotOurs
	}
	var kids []int
	for _, kid := range pdfPointer.FindAllSubmatch(match[1], -1) {
		kids = append(kids, number(kid[1]))
	}
	return kids, nil
}

// renumbered is an object with every pointer to n changed to to(n). Streams are left alone.
func renumbered(object []byte, to func(int) int) []byte {
	head, stream, has := bytes.Cut(object, []byte("stream\n"))
	out := pdfPointer.ReplaceAllFunc(head, func(pointer []byte) []byte {
		n, _, _ := bytes.Cut(pointer, []byte(" "))
		return fmt.Appendf(nil, "%d 0 R", to(number(n)))
	})
	if has {
		out = append(append(out, "stream\n"...), stream...)
	}
	return out
}

// number reads digits that a pattern has matched already; anything else is -1.
func number(digits []byte) int {
	n, err := strconv.Atoi(string(digits))
	if err != nil {
		return -1
	}
	return n
}

// pdfUpdate appends objects to a PDF as an incremental update: the bytes before stay as they are.
type pdfUpdate struct {
	out     bytes.Buffer
	base    *pdfFile
	next    int
	offsets map[int]int
}

func newUpdate(base *pdfFile) *pdfUpdate {
	u := &pdfUpdate{base: base, next: base.size, offsets: map[int]int{}}
	u.out.Write(base.data)
	return u
}

func (u *pdfUpdate) reserve() int {
	u.next++
	return u.next - 1
}

func (u *pdfUpdate) object(n int, body []byte) {
	u.offsets[n] = u.out.Len()
	fmt.Fprintf(&u.out, "%d 0 obj\n", n)
	u.out.Write(body)
	u.out.WriteString("endobj\n")
}

// adopt takes over the pages of another PDF and gives their object numbers.
func (u *pdfUpdate) adopt(other *pdfFile) ([]int, error) {
	kids, err := other.kids()
	if err != nil {
		return nil, err
	}
	first := u.next - 2 // object 2 of the other becomes the next free one; its object 1 is our list of pages
	to := func(n int) int {
		if n == 1 {
			return 1
		}
		return first + n
	}
	// The last two objects are the other's information and catalog: this file keeps its own.
	for n := 2; n < other.size-2; n++ {
		body, err := other.object(n)
		if err != nil {
			return nil, err
		}
		u.object(to(n), renumbered(body, to))
	}
	u.next = first + other.size - 2
	for i := range kids {
		kids[i] = to(kids[i])
	}
	return kids, nil
}

// pages writes the new list of all pages in the place of the old one.
func (u *pdfUpdate) pages(kids []int) {
	var list bytes.Buffer
	for _, kid := range kids {
		fmt.Fprintf(&list, "%d 0 R ", kid)
	}
	u.object(1, fmt.Appendf(nil, "<</Type /Pages\n/Kids [%s]\n/Count %d\n/MediaBox [0 0 612.00 792.00]\n>>\n", list.Bytes(), len(kids)))
}

// table writes the cross-reference section and gives its place.
func (u *pdfUpdate) table() int {
	at := u.out.Len()
	u.out.WriteString("xref\n")
	for n := 1; n < u.next; n++ {
		if offset, ok := u.offsets[n]; ok {
			fmt.Fprintf(&u.out, "%d 1\n%010d 00000 n \n", n, offset)
		}
	}
	return at
}
