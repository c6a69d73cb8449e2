package files

import (
	"log/slog"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/blob"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/tasks"
)

// Service keeps files.
type Service struct {
	db    *pg.DB
	queue *tasks.Queue
	blobs blob.Store
	spool string // folder of what is being looked at
	site  tenancy.Site
	key   []byte // signs addresses
	log   *slog.Logger

	looking chan struct{} // one picture is decoded at a time: the largest takes a good part of a small machine
	step    func(string)  // tests end the process between two steps
}

// Options are what a Service works with.
type Options struct {
	DB    *pg.DB
	Queue *tasks.Queue
	Blobs blob.Store
	Spool string
	Site  tenancy.Site
	Key   []byte
	Log   *slog.Logger
}

// NewService keeps files in o.Blobs.
func NewService(o Options) *Service {
	return &Service{db: o.DB, queue: o.Queue, blobs: o.Blobs, spool: o.Spool, site: o.Site, key: o.Key, log: o.Log,
		looking: make(chan struct{}, 1), step: func(string) {}}
}
