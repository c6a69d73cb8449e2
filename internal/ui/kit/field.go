package kit

import (
	"errors"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"fenceplatform.com/fence/internal/platform/fault"
)

// Form is the frame of a page's form. It posts, carries its one-time key and never disables its button.
type Form struct {
	Action    string // where it is sent
	ID        string
	Version   int64 // of the record it was filled from; 0 for a new one
	Hidden    []Hidden
	Problems  Problems
	Draft     string // keeps what was typed on this device under this name until it is sent; "" keeps nothing
	Multipart bool
	Submit    string   // the deed: "Save customer"
	Others    []Action // quiet ways out beside the button: Cancel
	Attrs     templ.Attributes
}

func (f Form) hidden() []Hidden {
	return Action{Version: f.Version, Hidden: f.Hidden}.hidden()
}

// Problems are what is wrong with a posted form, field by field, in the order of the form.
type Problems []fault.Field

// ProblemsOf takes the fields out of an Invalid fault; any other error has none.
func ProblemsOf(err error) Problems {
	f, found := errors.AsType[*fault.Error](err)
	if !found || f.Kind != fault.Invalid {
		return nil
	}
	if len(f.Fields) == 0 {
		return Problems{{Message: f.Message}}
	}
	return f.Fields
}

// For is what is wrong with the field of that name. A field's name is its JSON pointer without the first
// slash: /address/zip is the input address/zip.
func (p Problems) For(name string) string {
	for _, f := range p {
		if strings.TrimPrefix(f.Pointer, "/") == name {
			return f.Message
		}
	}
	return ""
}

// Field is one question of a form.
type Field struct {
	Name     string // JSON pointer without the first slash
	Label    string
	Hint     string // answers what people ask on the phone, not what the label says
	Error    string
	Value    string
	Optional bool
	Width    Width  // hints the answer
	Fill     string // autocomplete: "name", "email", "tel", "street-address"
	Prefix   string // outside the value: "$"
	Suffix   string // outside the value: "ft"
	Max      int    // longest answer in characters
	Rows     int    // of a TextArea
	ReadOnly bool
	Focus    bool // the first field of a short page
	Attrs    templ.Attributes
}

// Width is how long the expected answer is.
type Width string

// Widths of inputs. The zero value fills the column.
const (
	Full   Width = ""
	Tiny   Width = "w-tiny"   // 7 characters: ZIP, count
	Short  Width = "w-short"  // 16: phone, money, date
	Medium Width = "w-medium" // 28: name, city
)

// Option is one answer of a choice.
type Option struct {
	Value, Label string
	Hint         string // second line of a tile
	Figure       string // at the tile's right edge: a price
	Icon         string
}

// id is the input's id; a pointer's slashes would need escaping in selectors.
func (f Field) id() string { return fieldID(f.Name) }

func fieldID(name string) string { return "f-" + strings.ReplaceAll(name, "/", "-") }

// describedBy names hint and error, which are read after the label.
func (f Field) describedBy() string {
	var ids []string
	if f.Hint != "" {
		ids = append(ids, f.id()+"-hint")
	}
	ids = append(ids, f.id()+"-error")
	return strings.Join(ids, " ")
}

// input is the attributes of an input of the given kind.
func (f Field) input(kind, mode string) templ.Attributes {
	a := templ.Attributes{"type": kind}
	if mode != "" {
		a["inputmode"] = mode
	}
	if f.Fill != "" {
		a["autocomplete"] = f.Fill
	}
	if f.Max > 0 {
		a["maxlength"] = strconv.Itoa(f.Max)
	}
	if f.ReadOnly {
		a["readonly"] = true
	}
	if f.Focus {
		a["autofocus"] = true
	}
	if !f.Optional {
		a["aria-required"] = "true"
	}
	for name, value := range f.Attrs {
		a[name] = value
	}
	return a
}

// check adds the pattern that is looked at after blur, and its sentence. The server decides in any case.
func (f Field) check(pattern, sentence string) Field {
	with := templ.Attributes{"pattern": pattern, "data-sentence": sentence}
	for name, value := range f.Attrs {
		with[name] = value
	}
	f.Attrs = with
	return f
}

func (f Field) fill(autocomplete string) Field {
	if f.Fill == "" {
		f.Fill = autocomplete
	}
	return f
}

func (f Field) wide(w Width) Field {
	if f.Width == Full {
		f.Width = w
	}
	return f
}

func (f Field) dollars() Field {
	f = f.wide(Short)
	f.Prefix = "$"
	return f
}

func (f Field) feet() Field {
	f = f.wide(Short)
	if f.Suffix == "" {
		f.Suffix = "ft"
	}
	return f
}

func (f Field) rows() string {
	if f.Rows == 0 {
		return "4"
	}
	return strconv.Itoa(f.Rows)
}

// box is the attributes of an input that is not a line: no type, no mode.
func (f Field) box() templ.Attributes {
	a := f.input("", "")
	delete(a, "type")
	return a
}

func summaryID(p fault.Field) string { return fieldID(strings.TrimPrefix(p.Pointer, "/")) }
