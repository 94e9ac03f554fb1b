// An institution in node-soap, built from the served WSDL alone, over mutual TLS.
// Lines of JSON in: [identity, operation, message]; lines of JSON out: {"answer": …} or {"fault": …}.
"use strict";
const { createRequire } = require("node:module");
const fs = require("node:fs");
const https = require("node:https");
const readline = require("node:readline");
const installed = createRequire(`${process.env.TOOLS}/node/package.json`);
const soap = installed("soap");
const axios = installed("axios");

const [, , url, pki] = process.argv;
const clients = new Map();

async function client(identity) {
  if (!clients.has(identity)) {
    const read = (name) => fs.readFileSync(`${pki}/${name}`);
    const httpsAgent = new https.Agent({
      cert: read(`clients/${identity}.pem`), key: read(`clients/${identity}.key`), ca: read("ca.pem"), keepAlive: true,
    });
    const request = axios.create({ httpsAgent, proxy: false });
    clients.set(identity, await soap.createClientAsync(`${url}connection?wsdl`, { request, disableCache: true }));
  }
  return clients.get(identity);
}

async function ask([identity, operation, message]) {
  const made = await client(identity);
  const port = Object.values(made.describe()).flatMap((service) => Object.entries(service))
    .find(([, operations]) => operation in operations)[0];
  const call = made[Object.keys(made.describe())[0]][port][operation];
  return new Promise((resolve) => {
    call(message, (error, answer) => {
      const detail = error?.root?.Envelope?.Body?.Fault?.detail?.Fault;
      resolve(detail ? { fault: detail } : error ? { error: String(error) } : { answer });
    });
  });
}

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    let said;
    try {
      said = await ask(JSON.parse(line));
    } catch (error) {
      said = { error: String(error) };
    }
    process.stdout.write(`${JSON.stringify(said)}\n`);
  }
  process.exit(0);
})();
