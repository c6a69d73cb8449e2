package api

import (
	"errors"
	"strings"

	"fenceplatform.com/fence/internal/platform/fault"
)

// repointed moves the pointers of field errors from the business's input to the request that it was made of.
func repointed(err error, move func(pointer string) string) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || len(f.Fields) == 0 {
		return err
	}
	var p fault.Problems
	for _, field := range f.Fields {
		p.Add(move(field.Pointer), "%s", field.Message)
	}
	return p.Err()
}

// renamed is for a parameter that has another name in the business.
func renamed(err error, from, to string) error {
	return repointed(err, func(pointer string) string {
		if pointer == from {
			return to
		}
		return pointer
	})
}

// within is for a body that is a part of the business's input.
func within(part string, err error) error {
	return repointed(err, func(pointer string) string { return strings.TrimPrefix(pointer, part) })
}
