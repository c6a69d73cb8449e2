package document

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"fenceplatform.com/fence/internal/platform/fault"
)

// Bounds of every document. The largest layout that is answered (20,000 segments with a gate each)
// is written in less than 5 MB.
const (
	MaxBytes = 8 << 20
	MaxItems = 20_000
	maxDepth = 12
)

// Decode reads data into v. Members that v already holds stay when the document leaves them out, which is
// how defaults are given.
func Decode(data []byte, v any) error {
	if err := scan(data); err != nil {
		return err
	}
	if err := json.Unmarshal(data, v, json.RejectUnknownMembers(true)); err != nil {
		return refusal(err)
	}
	return nil
}

// scan walks the tokens once, so that what is too long is refused before anything is built of it.
func scan(data []byte) error {
	tooLarge := len(data) > MaxBytes
	dec := jsontext.NewDecoder(bytes.NewReader(data[:min(len(data), MaxBytes)]))
	for first := true; first || dec.StackDepth() > 0; first = false {
		tok, err := dec.ReadToken()
		if err != nil {
			if tooLarge && errors.Is(err, io.ErrUnexpectedEOF) {
				return fault.InvalidField(string(dec.StackPointer()), "is past the %d MiB that a document may have", MaxBytes>>20)
			}
			return refusal(err)
		}
		if err := checkToken(dec, tok); err != nil {
			return err
		}
	}
	if tooLarge {
		return fault.InvalidField("", "the document is larger than %d MiB", MaxBytes>>20)
	}
	return nil
}

func checkToken(dec *jsontext.Decoder, tok jsontext.Token) error {
	depth := dec.StackDepth()
	if depth > maxDepth {
		return fault.InvalidField(string(dec.StackPointer()), "is nested too deep")
	}
	kind, length := dec.StackIndex(depth)
	if kind == '{' {
		length /= 2
	}
	if depth > 0 && length > MaxItems {
		return fault.InvalidField(string(dec.StackPointer().Parent()), "has more than %d entries", MaxItems)
	}
	switch tok.Kind() {
	case 'n':
		return fault.InvalidField(string(dec.StackPointer()), "may be left out, but not null")
	case '"':
		if strings.ContainsFunc(tok.String(), isControl) {
			return fault.InvalidField(string(dec.StackPointer()), "has a control character")
		}
	}
	return nil
}

func isControl(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 }

// refusal says a decoder's error in words for people, without echoing the document.
func refusal(err error) error {
	if syn, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		if errors.Is(err, jsontext.ErrDuplicateName) {
			return fault.InvalidField(string(syn.JSONPointer), "is given twice")
		}
		return fault.InvalidField(string(syn.JSONPointer), "is not valid JSON (at byte %d)", syn.ByteOffset)
	}
	if sem, ok := errors.AsType[*json.SemanticError](err); ok {
		pointer := string(sem.JSONPointer)
		if errors.Is(err, json.ErrUnknownName) {
			return fault.InvalidField(pointer, "is not a member of this document")
		}
		if errors.Is(err, strconv.ErrRange) {
			return fault.InvalidField(pointer, "is out of range")
		}
		return fault.InvalidField(pointer, "must be %s", expected(sem.GoType))
	}
	return fault.InvalidField("", "is not one whole JSON document")
}

func expected(t reflect.Type) string {
	if t == nil {
		return "something else"
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Float64:
		return "a number"
	case reflect.Int, reflect.Int64:
		return "a whole number"
	case reflect.String:
		return "a text"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice:
		return "a list"
	default:
		return "an object"
	}
}
