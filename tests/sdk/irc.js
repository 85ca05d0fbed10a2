// The scripted IRC server is believed as far as a client library that others wrote gets on with it: this one speaks
// to it as to any server, and every test says what it understood. Prints TAP.
'use strict';

const assert = require('assert');
const path = require('path');
const { spawn } = require('child_process');

const [, , serverProgram, modules] = process.argv;
const { Client } = require(path.join(modules, 'irc-framework'));

const DEADLINE_MS = 10000;
const SECRET = 'weaving-needs-two-hands';
let port;

// The first `event` that fits, from now on.
function heard(client, event, fits = () => true) {
    return new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`no "${event}" that fits`)), DEADLINE_MS);
        const listener = (data) => {
            if (!fits(data)) {
                return;
            }
            clearTimeout(timer);
            client.removeListener(event, listener);
            resolve(data);
        };
        client.on(event, listener);
    });
}

function raw(client, pattern) {
    return heard(client, 'raw', (line) => line.from_server && pattern.test(line.line));
}

// Those of the test under way, so that a failed one leaves nobody behind under a nick that the next one wants.
let people = [];

function newClient() {
    const client = new Client();
    people.push(client);
    return client;
}

async function everybodyLeaves() {
    const gone = people.filter((client) => client.connected).map((client) => heard(client, 'close'));
    people.forEach((client) => client.quit());
    await Promise.all(gone);
    people = [];
}

async function person(nick, options = {}, caps = []) {
    const client = newClient();
    caps.forEach((cap) => client.requestCap(cap));
    const ready = Promise.all([heard(client, 'registered'), heard(client, 'server options')]);
    client.connect({
        host: '127.0.0.1', port, nick, username: nick, gecos: nick, auto_reconnect: false,
        enable_chghost: true, enable_setname: true, enable_echomessage: true, ...options,
    });
    await ready;
    return client;
}

async function join(client, channel) {
    const names = heard(client, 'userlist', (data) => data.channel === channel);
    client.join(channel);
    return names;
}

const tests = {
    async 'registers, and knows what was negotiated'() {
        const kai = await person('kai');
        for (const cap of ['batch', 'message-tags', 'server-time', 'echo-message', 'account-tag', 'extended-join']) {
            assert.ok(kai.network.cap.isEnabled(cap), cap);
        }
        assert.ok(kai.network.options.PREFIX.some((prefix) => prefix.symbol === '@' && prefix.mode === 'o'));
        assert.deepStrictEqual(kai.network.options.CHANTYPES, ['#']);
    },

    async 'logs in by SASL PLAIN, and is refused with a wrong password'() {
        const kai = newClient();
        const loggedIn = heard(kai, 'loggedin');
        kai.connect({ host: '127.0.0.1', port, nick: 'kai', auto_reconnect: false, account: { account: 'kai', password: SECRET } });
        assert.strictEqual((await loggedIn).account, 'kai');
        const mallory = newClient();
        const failed = heard(mallory, 'sasl failed');
        mallory.connect({ host: '127.0.0.1', port, nick: 'mal', auto_reconnect: false, account: { account: 'kai', password: 'guess' } });
        assert.ok((await failed).reason);
    },

    async 'joins, sees names, and each other come and go'() {
        const kai = await person('kai');
        const mia = await person('mia');
        await join(kai, '#sdk');
        const came = heard(kai, 'join', (data) => data.nick === 'mia');
        const names = await join(mia, '#sdk');
        assert.deepStrictEqual(names.users.map((user) => user.nick).sort(), ['kai', 'mia']);
        assert.ok(names.users.find((user) => user.nick === 'kai').modes.includes('o'));
        assert.strictEqual((await came).gecos, 'mia');
        const left = heard(kai, 'part', (data) => data.nick === 'mia');
        mia.part('#sdk', 'soup is ready');
        assert.strictEqual((await left).message, 'soup is ready');
        const gone = heard(kai, 'quit', (data) => data.nick === 'mia');
        await join(mia, '#sdk');
        mia.quit('home');
        assert.match((await gone).message, /home/);
    },

    async 'talks: message, action, notice, with time, id and echo'() {
        const kai = await person('kai');
        const mia = await person('mia');
        await join(kai, '#sdk');
        await join(mia, '#sdk');
        const echo = heard(kai, 'privmsg', (data) => data.nick === 'kai');
        const said = heard(mia, 'privmsg', (data) => data.nick === 'kai');
        kai.say('#sdk', 'soup?');
        for (const data of [await echo, await said]) {
            assert.strictEqual(data.message, 'soup?');
            assert.ok(Math.abs(data.time - Date.now()) < 60000, 'server-time');
            assert.ok(data.tags.msgid);
        }
        const acted = heard(mia, 'action');
        kai.action('#sdk', 'waves');
        assert.strictEqual((await acted).message, 'waves');
        const noticed = heard(kai, 'notice', (data) => data.nick === 'mia');
        mia.notice('kai', 'psst');
        assert.strictEqual((await noticed).message, 'psst');
    },

    async 'changes topic, nick and modes, and kicks'() {
        const kai = await person('kai');
        const mia = await person('mia');
        await join(kai, '#sdk2');
        await join(mia, '#sdk2');
        const topic = heard(mia, 'topic', (data) => data.topic === 'agenda');
        kai.setTopic('#sdk2', 'agenda');
        assert.strictEqual((await topic).nick, 'kai');
        const nick = heard(kai, 'nick', (data) => data.nick === 'mia');
        mia.changeNick('mia2');
        assert.strictEqual((await nick).new_nick, 'mia2');
        const mode = heard(mia, 'mode', (data) => data.target === '#sdk2');
        kai.mode('#sdk2', '+o', 'mia2');
        assert.deepStrictEqual((await mode).modes, [{ mode: '+o', param: 'mia2' }]);
        const kicked = heard(mia, 'kick');
        kai.raw('KICK #sdk2 mia2 :enough');
        assert.strictEqual((await kicked).message, 'enough');
    },

    async 'client tags cross: reply and typing'() {
        const kai = await person('kai');
        const mia = await person('mia');
        await join(kai, '#sdk');
        await join(mia, '#sdk');
        const said = heard(mia, 'privmsg', (data) => data.nick === 'kai' && data.message === 'yes');
        kai.raw('@+reply=abc PRIVMSG #sdk :yes');
        assert.strictEqual((await said).tags['+reply'], 'abc');
        const typing = heard(mia, 'tagmsg', (data) => data.nick === 'kai');
        kai.raw('@+typing=active TAGMSG #sdk');
        assert.strictEqual((await typing).tags['+typing'], 'active');
    },

    async 'history comes as a batch'() {
        const kai = await person('kai', {}, ['draft/chathistory']);
        await join(kai, '#archive');
        const batch = heard(kai, 'batch end chathistory');
        kai.raw('CHATHISTORY LATEST #archive * 10');
        const lines = (await batch).commands.filter((command) => command.command === 'PRIVMSG');
        assert.strictEqual(lines.length, 10);
        assert.strictEqual(lines[9].params[1], 'old line 29');
    },

    async 'whois, away, and an unknown nick'() {
        const kai = await person('kai');
        const mia = await person('mia');
        mia.raw('AWAY :at the market');
        await raw(mia, / 306 /);
        const info = new Promise((resolve) => kai.whois('mia', resolve));
        assert.strictEqual((await info).away, 'at the market');
        const nobody = new Promise((resolve) => kai.whois('nobody', resolve));
        assert.strictEqual((await nobody).error, 'not_found');
    },

    async 'a taken nick is refused, and another one works'() {
        const kai = await person('kai');
        const other = newClient();
        const taken = heard(other, 'nick in use');
        const registered = heard(other, 'registered');
        other.connect({ host: '127.0.0.1', port, nick: 'kai', auto_reconnect: false });
        assert.strictEqual((await taken).nick, 'kai');
        other.changeNick('kai_');
        assert.strictEqual((await registered).nick, 'kai_');
    },
};

async function main() {
    const server = spawn(serverProgram, [], { stdio: ['pipe', 'pipe', 'inherit'] });
    let said = '';
    await new Promise((resolve) => server.stdout.on('data', (data) => {
        said += data;
        resolve();
    }));
    port = Number(said.split('\n')[0]);
    const names = Object.keys(tests);
    console.log(`1..${names.length + 1}`);
    let n = 0;
    for (const name of names) {
        n += 1;
        try {
            await tests[name]();
            console.log(`ok ${n} - irc-framework ${name}`);
        } catch (error) {
            console.log(`not ok ${n} - irc-framework ${name}`);
            console.log(`# ${String(error.stack).replace(/\n/g, '\n# ')}`);
        }
        await everybodyLeaves();
    }
    const ended = new Promise((resolve) => server.on('exit', resolve));
    server.stdin.end();
    await ended;
    const complaints = said.split('\n').slice(1).filter((line) => line !== '');
    console.log(`${complaints.length ? 'not ok' : 'ok'} ${n + 1} - irc-framework breaks none of the server's rules`);
    complaints.forEach((line) => console.log(`# ${line}`));
    process.exit(0);
}

main();
