package shell

import (
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/httpx"
	"fenceplatform.com/fence/internal/ui/kit"
)

func isForm(r *http.Request) bool {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && media == "application/x-www-form-urlencoded"
}

func formFault(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return err
	}
	return fault.New(fault.Invalid, httpx.CodeMalformed, "This form could not be read.").Because(err)
}

// checkValues refuses what no field of ours may hold, before any operation sees it.
func checkValues(form url.Values) error {
	var p fault.Problems
	for name, values := range form {
		for _, v := range values {
			if !utf8.ValidString(name) || !utf8.ValidString(v) {
				p.Add("/"+strings.ToValidUTF8(name, "?"), "This is not readable text (UTF-8).")
			} else if strings.ContainsRune(v, 0) {
				p.Add("/"+name, "This has a character that cannot be stored.")
			}
		}
	}
	return p.Err()
}

// checkOnce refuses a name that stands twice: of two values, one reader takes the first and another the last.
func checkOnce(form url.Values, but string) error {
	var p fault.Problems
	for name, values := range form {
		if len(values) > 1 && name != but {
			p.Add("/"+name, "This was sent more than once.")
		}
	}
	return p.Err()
}

// Version is the version of the record that the form was filled from. Without it a form says nothing about
// what it was filled from, and nothing is overwritten.
func Version(r *http.Request) (int, error) {
	v, err := strconv.Atoi(r.PostForm.Get(kit.VersionField))
	if err != nil || v < 1 {
		return 0, fault.New(fault.Invalid, httpx.CodePrecondition, "This form does not say which version it was filled from. Load the page again.")
	}
	return v, nil
}

// Checked tells whether a checkbox was on.
func Checked(r *http.Request, name string) bool { return r.PostForm.Get(name) != "" }
