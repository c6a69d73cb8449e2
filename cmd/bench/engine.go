package main

import (
	_ "embed"
	"fmt"
	"runtime"
	"slices"
	"time"

	"fenceplatform.com/fence/internal/business/pricing"
	"fenceplatform.com/fence/internal/business/takeoff"
)

// engineResult is what taking a yard off and pricing it costs.
type engineResult struct {
	runs     int
	each     time.Duration
	p99      time.Duration
	allocs   uint64
	allocate uint64 // bytes
}

//go:embed yard.json
var yard []byte

// measureEngine takes a yard of 20 runs off and prices it, again and again, with nothing else running.
func measureEngine() (engineResult, error) {
	in, err := pricing.ParseInput(yard)
	if err != nil {
		return engineResult{}, err
	}
	t, err := takeoff.Calculate(in.Layout)
	if err != nil {
		return engineResult{}, err
	}
	const warm, counted = 2_000, 20_000
	took := make([]time.Duration, 0, counted)
	var before, after runtime.MemStats
	for i := range warm + counted {
		if i == warm {
			runtime.GC()
			runtime.ReadMemStats(&before)
		}
		began := time.Now()
		if _, err := pricing.Calculate(in); err != nil {
			return engineResult{}, fmt.Errorf("price the yard: %w", err)
		}
		if i >= warm {
			took = append(took, time.Since(began))
		}
	}
	runtime.ReadMemStats(&after)
	slices.Sort(took)
	return engineResult{
		runs: len(t.Runs), each: took[counted/2], p99: took[counted*99/100],
		allocs: (after.Mallocs - before.Mallocs) / counted, allocate: (after.TotalAlloc - before.TotalAlloc) / counted,
	}, nil
}
