package kit

import (
	"context"
	"io"

	"github.com/a-h/templ"

	"fenceplatform.com/fence/internal/ui/assets"
)

// Icon draws a line icon beside a word; it is hidden from readers because the word says it.
// No name draws nothing. A name that is not in the build's list is a mistake and fails the page.
func Icon(name string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		if name == "" {
			return nil
		}
		shapes, err := assets.Icon(name)
		if err != nil {
			return err
		}
		_, err = io.WriteString(w, `<svg class="icon" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">`+shapes+`</svg>`)
		return err
	})
}

func dangerLast(actions []Action) []Action {
	out := make([]Action, 0, len(actions))
	for _, danger := range []bool{false, true} {
		for _, a := range actions {
			if a.Danger == danger {
				out = append(out, a)
			}
		}
	}
	return out
}

func (a Action) loudness(style Style) Style {
	if a.Danger {
		return Danger
	}
	return style
}
