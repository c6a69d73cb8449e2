package api

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/httpx"
)

// maxBody is the longest body of a request.
const maxBody = 1 << 20

// maxProblems is how many problems one answer lists; whoever has more starts with these.
const maxProblems = 20

// maxMembers is how many members one object may have. No document of ours has a hundred; checking each of tens of
// thousands that nobody knows takes seconds.
const maxMembers = 1_000

// readQuery takes the parameters that the operation knows, each at most once.
func (x *exchange) readQuery() error {
	if x.r.URL.RawQuery == "" {
		return nil
	}
	query, err := url.ParseQuery(x.r.URL.RawQuery)
	if err != nil {
		return fault.New(fault.Invalid, httpx.CodeMalformed, "The part of the address after the question mark could not be read.").Because(err)
	}
	var p fault.Problems
	for i, name := range slices.Sorted(maps.Keys(query)) {
		if i == maxProblems {
			break
		}
		pointer := "/" + pointerToken(name)
		switch {
		case !x.op.query[name]:
			p.Add(pointer, "is not a parameter of this operation")
		case len(query[name]) > 1:
			p.Add(pointer, "is given more than once")
		case !utf8.ValidString(query[name][0]):
			p.Add(pointer, "is not UTF-8")
		case strings.ContainsFunc(query[name][0], unicode.IsControl):
			p.Add(pointer, "has a control character")
		}
	}
	x.query = query
	return p.Err()
}

// readBody takes a body of a type that the operation reads, once it is one whole JSON value without anything
// that two readers could understand differently.
func (x *exchange) readBody() error {
	if x.r.ContentLength > maxBody {
		return errTooLarge()
	}
	if x.r.Body == nil || x.r.Body == http.NoBody {
		return x.checkPresent()
	}
	body, err := io.ReadAll(io.LimitReader(x.r.Body, maxBody+1))
	switch _, tooLarge := errors.AsType[*http.MaxBytesError](err); {
	case tooLarge || len(body) > maxBody:
		return errTooLarge()
	case err != nil:
		return fault.New(fault.Invalid, httpx.CodeMalformed, "The request ended before its body did.").Because(err)
	}
	x.body = body
	if len(body) == 0 {
		return x.checkPresent()
	}
	if err := x.checkType(); err != nil {
		return err
	}
	return checkJSON(body)
}

func errTooLarge() error {
	return fault.New(fault.Invalid, httpx.CodeTooLarge, "The request is larger than %d bytes.", maxBody).With("limit", maxBody)
}

func (x *exchange) checkPresent() error {
	if x.op.RequestBody != nil && x.op.RequestBody.Required {
		return fault.New(fault.Invalid, httpx.CodeMalformed, "This operation needs a body of JSON.")
	}
	return nil
}

func (x *exchange) checkType() error {
	if len(x.op.media) == 0 {
		return fault.New(fault.Invalid, httpx.CodeMalformed, "This operation takes no body.")
	}
	media, params, err := mime.ParseMediaType(x.r.Header.Get("Content-Type"))
	charset, given := params["charset"]
	if err == nil && x.op.media[media] && (!given || strings.EqualFold(charset, "utf-8")) && x.r.Header.Get("Content-Encoding") == "" {
		return nil
	}
	accepted := slices.Sorted(maps.Keys(x.op.media))
	return fault.New(fault.Invalid, httpx.CodeMediaType, "Send %s in UTF-8, not compressed.", strings.Join(accepted, " or ")).With("accepted", accepted)
}

// checkJSON walks the tokens of a body. Repeated names, broken UTF-8 and what follows the value are refused by
// the decoder; characters that nobody can see, and numbers past a float's range, here.
func checkJSON(body []byte) error {
	dec := jsontext.NewDecoder(bytes.NewReader(body))
	var p fault.Problems
	for first, found := true, 0; first || dec.StackDepth() > 0; first = false {
		token, err := dec.ReadToken()
		if err != nil {
			return malformed(err)
		}
		if kind, n := dec.StackIndex(dec.StackDepth()); kind == '{' && n > 2*maxMembers { // names and values
			return fault.InvalidField(printable(string(dec.StackPointer().Parent())), "has more than %d members", maxMembers)
		}
		problem := ""
		switch token.Kind() {
		case '"':
			if strings.ContainsFunc(token.String(), unprintable) {
				problem = "has a control character"
			}
		case '0':
			if _, err := strconv.ParseFloat(token.String(), 64); err != nil {
				problem = "is out of range"
			}
		}
		if problem != "" && found < maxProblems {
			found++
			p.Add(printable(string(dec.StackPointer())), "%s", problem)
		}
	}
	if _, err := dec.ReadToken(); err != io.EOF {
		return fault.New(fault.Invalid, httpx.CodeMalformed, "The body goes on after its JSON value.")
	}
	return p.Err()
}

// unprintable characters have no place in any text of ours; line breaks and tabs have one in notes.
func unprintable(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t'
}

// malformed says where a body stops being JSON, without repeating it.
func malformed(err error) error {
	f := fault.New(fault.Invalid, httpx.CodeMalformed, "The body is not JSON.")
	syntactic, ok := errors.AsType[*jsontext.SyntacticError](err)
	if !ok {
		return f.Because(err)
	}
	message := "is not JSON from byte " + strconv.FormatInt(syntactic.ByteOffset, 10) + " on"
	switch {
	case errors.Is(err, jsontext.ErrDuplicateName):
		f.Message, message = "The body names a member twice.", "is given twice"
	case errors.Is(err, io.ErrUnexpectedEOF):
		f.Message, message = "The body ends too early.", "is cut off"
	case !utf8.Valid([]byte(syntactic.JSONPointer)):
		f.Message = "The body is not UTF-8."
	}
	f.Fields = []fault.Field{{Pointer: printable(string(syntactic.JSONPointer)), Message: message}}
	return f
}

// pointerToken escapes a name for a JSON pointer that is shown.
func pointerToken(name string) string { return printable(pointerEscaper.Replace(name)) }

var pointerEscaper = strings.NewReplacer("~", "~0", "/", "~1")

// printable keeps what can be shown of a name that somebody else chose.
func printable(s string) string {
	const most = 200
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return utf8.RuneError
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
