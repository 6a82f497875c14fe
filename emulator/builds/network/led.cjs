// Leads the connections of a program of node to where the emulator says, as sitecustomize.py does for Python.
"use strict";

const http = require("node:http");
const net = require("node:net");

const question = process.env.EMULATOR_QUESTION;
const isLoopback = (host) => !host || host === "localhost" || host === "::1" || host.startsWith("127.");

if (question) {
  const connect = net.Socket.prototype.connect;
  net.Socket.prototype.connect = function (...given) {
    const [options, listener] = net._normalizeArgs(Array.isArray(given[0]) ? given[0] : given);
    if (options.path || isLoopback(options.host)) return connect.apply(this, given);
    if (listener) this.once("connect", listener);
    this.connecting = true;
    const asked = http.request(question, { method: "POST", agent: false }, (answer) => {
      let text = "";
      answer.on("data", (part) => (text += part));
      answer.on("end", () => {
        const told = JSON.parse(text);
        this.connecting = false;
        if (told.port) return connect.call(this, { ...options, host: "127.0.0.1", port: told.port, lookup: undefined });
        console.error(`emulator: ${options.host}:${options.port} is unreachable: ${told.reason}`);
        const error = new Error(`connect ETIMEDOUT ${options.host}:${options.port}`);
        this.destroy(Object.assign(error, { code: "ETIMEDOUT", syscall: "connect" }));
      });
    });
    asked.on("error", (error) => this.destroy(error));
    asked.end(JSON.stringify({ host: options.host, port: Number(options.port) }));
    return this;
  };
}
