package main

import (
	"strings"
	"testing"
)

func TestReadEventsCountsAndShowsFailures(t *testing.T) {
	t.Parallel()
	events := `{"Action":"output","Package":"a","Test":"TestGood","Output":"quiet\n"}
{"Action":"pass","Package":"a","Test":"TestGood","Elapsed":0.1}
{"Action":"output","Package":"a","Test":"TestBad","Output":"got 1, want 2\n"}
{"Action":"fail","Package":"a","Test":"TestBad","Elapsed":0.1}
{"Action":"fail","Package":"a","Elapsed":0.2}
{"ImportPath":"b","Action":"build-output","Output":"b.go:1: no such thing\n"}
{"Action":"output","Package":"b","Output":"FAIL b [build failed]\n"}
{"Action":"fail","Package":"b","Elapsed":0}
{"Action":"skip","Package":"c","Elapsed":0}
`
	var shown strings.Builder
	got, err := readEvents(strings.NewReader(events), &shown)
	if want := (count{passed: 1, failed: 2}); err != nil || got != want {
		t.Errorf("got %+v (%v), want %+v", got, err, want)
	}
	for text, want := range map[string]bool{"got 1, want 2": true, "quiet": false, "b.go:1": true, "[build failed]": true, "fail a 0.2s": true} {
		if got := strings.Contains(shown.String(), text); got != want {
			t.Errorf("output shows %q: got %v, want %v", text, got, want)
		}
	}
}
