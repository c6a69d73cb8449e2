package shell

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"fenceplatform.com/fence/internal/platform/fault"
)

// What is refused because its time is over is refused with a page, and with the status of what was too slow.
func TestARequestThatTookTooLongIsToldSo(t *testing.T) {
	t.Parallel()
	over, cancel := context.WithCancel(t.Context())
	cancel()
	w := httptest.NewRecorder()
	(&Pages{}).Refuse(w, httptest.NewRequestWithContext(over, "POST", "/signup", nil), fault.New(fault.Unavailable, "unavailable", "The database does not answer."))
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "A part we need does not answer") {
		t.Errorf("%d %.300s", w.Code, w.Body)
	}
}
