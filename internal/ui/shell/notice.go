package shell

import (
	"encoding/base64"
	"net/http"

	"github.com/go-json-experiment/json"

	"fenceplatform.com/fence/internal/ui/kit"
)

// noticeCookie carries one line to the page that a form leads to. __Host- keeps siblings from setting it.
const noticeCookie = "__Host-notice"

type notice struct {
	Tone   kit.Tone    `json:"tone"`
	Text   string      `json:"text"`
	Action *kit.Action `json:"action,omitempty"`
}

// Notify shows a line on the next page, with one thing to do about it (Undo).
func Notify(w http.ResponseWriter, text string, undo *kit.Action) {
	b, err := json.Marshal(notice{Tone: kit.Good, Text: text, Action: undo})
	if err != nil {
		return // a strip is a courtesy: the timeline says the same
	}
	http.SetCookie(w, &http.Cookie{Name: noticeCookie, Value: base64.RawURLEncoding.EncodeToString(b), Path: "/", MaxAge: 60,
		Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

func takeNotice(w http.ResponseWriter, r *http.Request) []kit.Message {
	c, err := r.Cookie(noticeCookie)
	if err != nil {
		return nil
	}
	http.SetCookie(w, &http.Cookie{Name: noticeCookie, Path: "/", MaxAge: -1, Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	b, err := base64.RawURLEncoding.DecodeString(c.Value)
	var n notice
	if err != nil || json.Unmarshal(b, &n) != nil {
		return nil
	}
	return []kit.Message{{Tone: n.Tone, Text: n.Text, Action: n.Action}}
}
