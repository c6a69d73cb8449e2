package kit

import (
	"net/http"
	"strings"
)

// LookCookie keeps how this device wants pages to look: theme.density.keys, empty parts meaning "as the
// device says". It is rendered into the root element, so that the first frame is right.
const LookCookie = "look"

// Look is a viewer's choice of light, size and shortcuts on one device. The zero value follows the device.
type Look struct {
	Theme   string // "", light, dark, daylight
	Density string // "", office, field
	KeysOff bool   // single-letter shortcuts are turned off
}

// LookOf reads the viewer's choice; a cookie that is not ours counts as none.
func LookOf(r *http.Request) Look {
	c, err := r.Cookie(LookCookie)
	if err != nil {
		return Look{}
	}
	return parseLook(c.Value)
}

func parseLook(text string) Look {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return Look{}
	}
	return Look{
		Theme:   oneOf(parts[0], "light", "dark", "daylight"),
		Density: oneOf(parts[1], "office", "field"),
		KeysOff: parts[2] == "off",
	}
}

func (l Look) cookie() string {
	keys := ""
	if l.KeysOff {
		keys = "off"
	}
	return l.Theme + "." + l.Density + "." + keys
}

func oneOf(s string, allowed ...string) string {
	for _, a := range allowed {
		if s == a {
			return s
		}
	}
	return ""
}

// LookPath is where the person menu posts a choice; SetLook answers it.
const LookPath = "/look"

// SetLook stores the posted choice on the device and goes back to the page it was made on.
// What the form leaves out stays as it was.
func SetLook(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 4096)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "This form is too long.", http.StatusBadRequest)
		return
	}
	look := LookOf(r)
	if r.PostForm.Has("theme") {
		look.Theme = oneOf(r.PostForm.Get("theme"), "light", "dark", "daylight")
	}
	if r.PostForm.Has("density") {
		look.Density = oneOf(r.PostForm.Get("density"), "office", "field")
	}
	if r.PostForm.Has("keys") {
		look.KeysOff = r.PostForm.Get("keys") == "off"
	}
	http.SetCookie(w, &http.Cookie{
		Name: LookCookie, Value: look.cookie(), Path: "/", MaxAge: 31536000,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: true,
	})
	http.Redirect(w, r, LocalPath(r.PostForm.Get("back")), http.StatusSeeOther)
}
