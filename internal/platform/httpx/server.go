package httpx

import (
	"net/http"
	"time"
)

// Times bounds how long a connection may take for each part of a request. Without them a few slow clients
// hold every connection there is.
type Times struct {
	Head  time.Duration // from the first byte to the end of the header
	Read  time.Duration // the whole request
	Write time.Duration // from the end of the header to the end of the answer
	Idle  time.Duration // between two requests
}

// ServerTimes are those of the product. An upload at 50 KB/s fits into Read.
var ServerTimes = Times{Head: 5 * time.Second, Read: 30 * time.Second, Write: 40 * time.Second, Idle: 90 * time.Second}

// NewServer makes a server whose connections are bounded in time and size.
func NewServer(h http.Handler, t Times) *http.Server {
	s := &http.Server{
		Handler: h, ReadHeaderTimeout: t.Head, ReadTimeout: t.Read, WriteTimeout: t.Write, IdleTimeout: t.Idle,
		// Go adds 4 KiB of its own.
		MaxHeaderBytes: maxHead - 4<<10,
		// "OPTIONS *" is answered like every other address.
		DisableGeneralOptionsHandler: true,
	}
	var plain http.Protocols // HTTP/2 ends at the proxy: one protocol less to be confused about
	plain.SetHTTP1(true)
	s.Protocols = &plain
	return s
}
