package shell

import (
	"net/http"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/platform/id"
)

// AskDevice answers a page's script with what a device is asked for a passkey.
func AskDevice(w http.ResponseWriter, c identity.Challenge) error {
	body, err := json.Marshal(struct {
		ID      id.ID          `json:"id"`
		Options jsontext.Value `json:"options"`
	}{c.ID, c.Options})
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write(body) // the client may be gone
	return nil
}
