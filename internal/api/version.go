package api

import (
	"errors"
	"strconv"
	"strings"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/httpx"
)

// Versioned is the part of a request that says which version of a record was read.
type Versioned struct {
	IfMatch string `header:"If-Match" doc:"The ETag of the record as it was read, like \"3\". Without it 428, when the record changed since 412."`
}

// version is the version that the writer read.
func (v Versioned) version() (int, error) {
	if v.IfMatch == "" {
		return 0, fault.New(fault.Invalid, httpx.CodePrecondition, `Say which version you changed: send the record's ETag as If-Match, like "3".`)
	}
	digits, opened := strings.CutPrefix(v.IfMatch, `"`)
	digits, closed := strings.CutSuffix(digits, `"`)
	n, err := strconv.ParseInt(digits, 10, 32)
	if err != nil || n < 1 || !opened || !closed || digits[0] == '+' {
		return 0, fault.InvalidField("/If-Match", `is not the ETag of a record, like "3"`)
	}
	return int(n), nil
}

// etag is how an answer tells a record's version.
func etag(version int) string { return `"` + strconv.Itoa(version) + `"` }

// currentVersion is the member of a problem that tells the version to read again.
const currentVersion = "current_version"

// behind adds to a stale refusal which version the record has now, as read says. When that cannot be read, the
// refusal alone has to do.
func behind(err error, read func() (int, error)) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Code != fault.CodeStale {
		return err
	}
	if _, told := f.Facts[currentVersion]; told {
		return err
	}
	version, readErr := read()
	if readErr != nil {
		return err
	}
	return f.With(currentVersion, version)
}
