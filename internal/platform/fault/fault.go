package fault

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"
)

// Kind says what sort of refusal an error is. Surfaces translate it once, in httpx.
type Kind uint8

const (
	// Internal is everything that is not one of the others: our mistake.
	Internal Kind = iota
	// Invalid is input that cannot be accepted as it is; Fields name what is wrong.
	Invalid
	// NotFound is a thing that does not exist, or is not the asker's to see: never told apart.
	NotFound
	// Conflict is a change that contradicts what has happened meanwhile.
	Conflict
	// Forbidden is a right, or a feature of the plan, that the asker does not have.
	Forbidden
	// Unauthenticated is a missing, invalid or expired credential.
	Unauthenticated
	// LimitReached is a limit of the plan, or a state of the subscription, that stops growth.
	LimitReached
	// RateLimited is too much in too short a time.
	RateLimited
	// Unavailable is a part that we need and that does not answer.
	Unavailable
)

// Codes that surfaces branch on. Everything else is told apart by Kind alone.
const (
	// CodeStale marks a Conflict in which the record changed since the writer read it.
	CodeStale = "version-stale"
	// CodeInFlight marks a Conflict with the same request that is still being answered.
	CodeInFlight = "request-in-flight"
)

// Field is one thing wrong with the input. Pointer is the JSON pointer of the member ("/gates/0/offset_ft").
type Field struct {
	Pointer string `json:"pointer"`
	Message string `json:"message"`
}

// Error is a refusal with a sentence that may be shown.
type Error struct {
	Kind       Kind
	Code       string         // problem type in kebab case, for programs
	Message    string         // a whole sentence, for people
	Fields     []Field        // for Invalid
	Facts      map[string]any // further members of the problem document, as in "limit": 50
	RetryAfter time.Duration  // for RateLimited and Unavailable

	cause error
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Message)
	for _, f := range e.Fields {
		fmt.Fprintf(&b, " [%s: %s]", f.Pointer, f.Message)
	}
	if e.cause != nil {
		b.WriteString(": ")
		b.WriteString(e.cause.Error())
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.cause }

// Because returns a copy of the fault that carries cause for the log.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.cause = cause
	return &c
}

// With returns a copy of the fault with one more fact in its problem document.
func (e *Error) With(name string, value any) *Error {
	c := *e
	c.Facts = maps.Clone(e.Facts)
	if c.Facts == nil {
		c.Facts = map[string]any{}
	}
	c.Facts[name] = value
	return &c
}

// New makes a fault of the given kind.
func New(kind Kind, code, format string, args ...any) *Error {
	return &Error{Kind: kind, Code: code, Message: fmt.Sprintf(format, args...)}
}

// Missing is the one answer to a thing that does not exist or is not the asker's.
func Missing() *Error {
	return New(NotFound, "not-found", "Nothing here, or not yours to see.")
}

// Stale refuses a change of a record that somebody else changed meanwhile.
func Stale(noun string) *Error {
	return New(Conflict, CodeStale, "This %s was changed meanwhile. Look at both versions and choose.", noun)
}

// As returns the fault in err's chain; errors that are none become an Internal fault that carries err.
func As(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return New(Internal, "internal", "We broke something. Nothing was saved.").Because(err)
}

// Is tells whether err is a fault of the given kind.
func Is(err error, kind Kind) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Kind == kind
}

// Problems collects what is wrong with an input, so that all of it is told at once.
// The zero value is ready.
type Problems struct{ fields []Field }

// Add notes that the member at pointer is wrong.
func (p *Problems) Add(pointer, format string, args ...any) {
	p.fields = append(p.fields, Field{Pointer: pointer, Message: fmt.Sprintf(format, args...)})
}

// Under runs check and puts prefix before the pointers of what it finds.
func (p *Problems) Under(prefix string, err error) {
	if err == nil {
		return
	}
	e := As(err)
	if len(e.Fields) == 0 {
		p.Add(prefix, "%s", e.Message)
		return
	}
	for _, f := range e.Fields {
		p.fields = append(p.fields, Field{Pointer: prefix + f.Pointer, Message: f.Message})
	}
}

// Any tells whether anything was noted.
func (p *Problems) Any() bool { return len(p.fields) > 0 }

// Err is nil when nothing was noted, else an Invalid fault that names every field.
func (p *Problems) Err() error {
	if len(p.fields) == 0 {
		return nil
	}
	e := New(Invalid, "invalid-input", "There is a problem with %s.", fieldNames(p.fields))
	e.Fields = p.fields
	return e
}

// InvalidField is an Invalid fault with one field.
func InvalidField(pointer, format string, args ...any) *Error {
	var p Problems
	p.Add(pointer, format, args...)
	e, _ := errors.AsType[*Error](p.Err())
	return e
}

func fieldNames(fields []Field) string {
	if len(fields) == 1 {
		return strings.TrimPrefix(fields[0].Pointer, "/")
	}
	return fmt.Sprintf("%d fields", len(fields))
}
