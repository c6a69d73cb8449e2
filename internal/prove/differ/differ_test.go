package differ

import (
	"net/http"
	"strings"
	"testing"

	"fenceplatform.com/fence/internal/prove/requests"
)

func TestEveryByteCounts(t *testing.T) {
	t.Parallel()
	a := requests.Answer{Status: 200, Header: http.Header{"Etag": {`"1"`}}, Body: "one fence, request ABCDEFGHIJ"}
	for name, b := range map[string]requests.Answer{
		"status":  {Status: 404, Header: a.Header, Body: a.Body},
		"header":  {Status: 200, Header: http.Header{"Etag": {`"2"`}}, Body: a.Body},
		"headers": {Status: 200, Header: http.Header{"Etag": {`"1"`}, "X-More": {""}}, Body: a.Body},
		"body":    {Status: 200, Header: a.Header, Body: strings.Replace(a.Body, "fence", "fences", 1)},
		"longer":  {Status: 200, Header: a.Header, Body: a.Body + " "},
	} {
		if Compare(a, b) == "" || Compare(a, b, AtOnce...) == "" {
			t.Errorf("%s: no difference", name)
		}
	}
	b := a
	b.Body = strings.Replace(a.Body, "ABCDEFGHIJ", "KLMNOPQRST", 1)
	if Compare(a, a) != "" || Compare(a, b) == "" || Compare(a, b, AtOnce...) != "" {
		t.Error("the number of a request is compared one after another, and masked at once")
	}
}
