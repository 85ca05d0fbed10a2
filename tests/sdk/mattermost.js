// The sandbox's Mattermost is believed as far as the client library of Mattermost itself gets on with it: this one
// speaks to it as to any server, and every test says what it understood. Prints TAP.
'use strict';

const assert = require('assert');
const path = require('path');
const readline = require('readline');
const { spawn } = require('child_process');

const [, , sandboxProgram, modules] = process.argv;
const { Client4, WebSocketClient } = require(path.join(modules, '@mattermost/client'));

// What a browser has and this node may not have.
globalThis.WebSocket = require(path.join(modules, 'ws'));
globalThis.CloseEvent ??= class { constructor(type, init) { Object.assign(this, { type }, init); } };
console.log = () => {}; // the library tells of its WebSockets there

const DEADLINE_MS = 10000;
const SECRET = 'weaving-needs-two-hands';

function within(promise, what) {
    let timer;
    const late = new Promise((resolve, reject) => {
        timer = setTimeout(() => reject(new Error(`${what} did not come`)), DEADLINE_MS);
    });
    return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

// ---- the server ----

const sandbox = spawn(sandboxProgram, [], { stdio: ['pipe', 'pipe', 'inherit'] });
const lines = readline.createInterface({ input: sandbox.stdout })[Symbol.asyncIterator]();
let site;

async function nextLine() {
    return (await within(lines.next(), 'a line of the sandbox')).value;
}

async function serverIsReady() {
    for (let line = await nextLine(); line !== 'ready'; line = await nextLine()) {
        const port = /^port mill mattermost (\d+)$/.exec(line);
        if (port) {
            site = `127.0.0.1:${port[1]}`;
        }
    }
}

async function order(text) {
    sandbox.stdin.write(`mill ${text}\n`);
    assert.strictEqual(await nextLine(), 'ok');
}

// ---- people ----

const sockets = [];

async function person(name) {
    const client = new Client4();
    client.setUrl(`http://${site}`);
    const me = await client.login(name, SECRET);
    return { client, me, token: client.getToken ? client.getToken() : client.token };
}

// A WebSocket whose events are kept, and the wait for one of them. It logs in by a header, as a browser does by its cookie;
// or, with a challenge, by its first message: such a one cannot be resumed.
function listen(who, challenge = false) {
    const headers = challenge ? {} : { Authorization: `Bearer ${who.token}` };
    const socket = new WebSocketClient({
        newWebSocketFn: (url) => new globalThis.WebSocket(url, { headers }), minWebSocketRetryTime: 50,
        reconnectJitterRange: 0, maxWebSocketFails: 1000, maxWebSocketRetryTime: 50,
    });
    const heard = [];
    const waiting = new Set();
    const ear = { socket, heard, missed: 0, connected: 0 };
    socket.addMessageListener((message) => {
        heard.push(message);
        waiting.forEach((look) => look());
    });
    socket.addMissedMessageListener(() => { ear.missed++; });
    socket.addFirstConnectListener(() => { ear.connected++; });
    socket.addReconnectListener(() => { ear.connected++; });
    ear.wait = (event, fits = () => true) => within(new Promise((resolve) => {
        const look = () => {
            const found = heard.find((message) => message.event === event && fits(message));
            if (found) {
                waiting.delete(look);
                resolve(found);
            }
        };
        waiting.add(look);
        look();
    }), event);
    socket.initialize(`ws://${site}/api/v4/websocket`, challenge ? who.token : undefined);
    sockets.push(socket);
    return ear;
}

const post = (message) => JSON.parse(message.data.post);
const says = (text) => (message) => post(message).message === text;

// ---- the tests ----

let kai, maria, team, square;
const tests = {
    'a wrong password is an error with its id': async () => {
        const client = new Client4();
        client.setUrl(`http://${site}`);
        await assert.rejects(client.login('kai', 'no'), (error) => {
            assert.strictEqual(error.status_code, 401);
            assert.strictEqual(error.server_error_id, 'api.user.login.invalid_credentials_email_username');
            return true;
        });
    },
    'login, me, teams and channels': async () => {
        kai = await person('kai');
        maria = await person('maria');
        assert.strictEqual((await kai.client.getMe()).username, 'kai');
        assert.ok((await kai.client.getClientConfig()).Version);
        assert.strictEqual((await kai.client.ping(false)).status, 'OK');
        [team] = await kai.client.getMyTeams();
        assert.strictEqual(team.name, 'commons');
        const channels = await kai.client.getMyChannels(team.id);
        square = channels.find((channel) => channel.name === 'town-square');
        assert.ok(square && channels.some((channel) => channel.name === 'bakery'));
        const members = await kai.client.getMyChannelMembers(team.id);
        assert.ok(members.some((member) => member.channel_id === square.id));
        assert.ok((await kai.client.getProfilesInChannel(square.id)).some((user) => user.username === 'maria'));
    },
    'the past is there, newest first': async () => {
        const list = await kai.client.getPosts(square.id);
        const first = list.posts[list.order[0]];
        assert.match(first.message, /the oven comes/);
        assert.ok(list.order.length > 3);
    },
    'a post is made, changed, pinned and deleted': async () => {
        const made = await kai.client.createPost({ channel_id: square.id, message: 'by the library' });
        assert.strictEqual(made.user_id, kai.me.id);
        const patched = await kai.client.patchPost({ id: made.id, message: 'changed' });
        assert.strictEqual(patched.message, 'changed');
        assert.ok(patched.edit_at > 0);
        assert.strictEqual((await kai.client.getPostEditHistory(made.id))[0].message, 'by the library');
        await kai.client.pinPost(made.id);
        assert.strictEqual((await kai.client.getPost(made.id)).is_pinned, true);
        await kai.client.deletePost(made.id);
        await assert.rejects(kai.client.getPost(made.id), { status_code: 404 });
    },
    'what belongs to others is refused': async () => {
        const made = await maria.client.createPost({ channel_id: square.id, message: 'mine' });
        await assert.rejects(kai.client.deletePost(made.id), { status_code: 403 });
    },
    'reactions come and go': async () => {
        const made = await maria.client.createPost({ channel_id: square.id, message: 'react to this' });
        await kai.client.addReaction(kai.me.id, made.id, 'tada');
        assert.deepStrictEqual((await maria.client.getReactionsForPost(made.id)).map((one) => one.emoji_name), ['tada']);
        await kai.client.removeReaction(kai.me.id, made.id, 'tada');
        assert.deepStrictEqual((await maria.client.getReactionsForPost(made.id)) ?? [], []);
    },
    'threads are followed and read': async () => {
        const root = await kai.client.createPost({ channel_id: square.id, message: 'a root' });
        const reply = await maria.client.createPost({ channel_id: square.id, message: 'a reply', root_id: root.id });
        const thread = await kai.client.getPostThread(root.id);
        assert.deepStrictEqual(Object.keys(thread.posts).sort(), [root.id, reply.id].sort());
        const mine = await kai.client.getUserThreads('me', team.id, {});
        const one = mine.threads.find((found) => found.id === root.id);
        assert.strictEqual(one.reply_count, 1);
        assert.strictEqual(one.unread_replies, 1);
        await kai.client.updateThreadReadForUser('me', team.id, root.id, Date.now() + 1000);
        assert.strictEqual((await kai.client.getUserThread('me', team.id, root.id)).unread_replies, 0);
        await kai.client.updateThreadFollowForUser('me', team.id, root.id, false);
    },
    'a file is sent and fetched': async () => {
        const form = new FormData();
        form.append('channel_id', square.id);
        form.append('client_ids', 'one');
        form.append('files', new Blob(['flour 12\n']), 'order.txt');
        const sent = await kai.client.uploadFile(form);
        const made = await kai.client.createPost({
            channel_id: square.id, message: 'the order', file_ids: [sent.file_infos[0].id],
        });
        const [info] = await maria.client.getFileInfosForPost(made.id);
        assert.strictEqual(info.name, 'order.txt');
        assert.strictEqual(info.size, 9);
        const answer = await fetch(maria.client.getFileUrl(info.id), { headers: { Authorization: `Bearer ${maria.token}` } });
        assert.strictEqual(await answer.text(), 'flour 12\n');
    },
    'preferences, statuses and what was read': async () => {
        const mine = { user_id: kai.me.id, category: 'sdk', name: 'colour', value: 'green' };
        await kai.client.savePreferences('me', [mine]);
        assert.ok((await kai.client.getMyPreferences()).some((one) => one.value === 'green'));
        assert.strictEqual((await kai.client.getStatusesByIds([maria.me.id]))[0].user_id, maria.me.id);
        assert.strictEqual((await kai.client.viewMyChannel(square.id)).status, 'OK');
    },
    'a direct channel': async () => {
        const direct = await kai.client.createDirectChannel([kai.me.id, maria.me.id]);
        assert.strictEqual(direct.type, 'D');
        await maria.client.createPost({ channel_id: direct.id, message: 'to you alone' });
        assert.match(JSON.stringify(await kai.client.getPosts(direct.id)), /to you alone/);
    },
    'the WebSocket tells what happens': async () => {
        const ear = listen(kai);
        await ear.wait('hello');
        const made = await maria.client.createPost({ channel_id: square.id, message: 'hear this, @kai' });
        const heard = await ear.wait('posted', says('hear this, @kai'));
        assert.deepStrictEqual(JSON.parse(heard.data.mentions), [kai.me.id]);
        await maria.client.patchPost({ id: made.id, message: 'hear that' });
        await ear.wait('post_edited', says('hear that'));
        await kai.client.addReaction(kai.me.id, made.id, 'tada');
        await ear.wait('reaction_added');
        await maria.client.deletePost(made.id);
        await ear.wait('post_deleted', (message) => post(message).id === made.id);
        const other = listen(maria, true);
        await other.wait('hello');
        other.socket.userTyping(square.id, '', () => {});
        await ear.wait('typing', (message) => message.data.user_id === maria.me.id);
        assert.deepStrictEqual(ear.heard.map((message) => message.seq), ear.heard.map((message, index) => index));
    },
    'a broken line is resumed by its sequence': async () => {
        const ear = listen(kai);
        await ear.wait('hello');
        await maria.client.createPost({ channel_id: square.id, message: 'before' });
        await ear.wait('posted', says('before'));
        await order('drop kai');
        await maria.client.createPost({ channel_id: square.id, message: 'meanwhile' });
        await ear.wait('posted', says('meanwhile'));
        assert.strictEqual(ear.missed, 0);
        assert.strictEqual(ear.heard.filter((message) => message.event === 'hello').length, 1);
        assert.strictEqual(ear.heard.filter((message) => message.event === 'posted' && says('before')(message)).length, 1);
    },
    'without a header the library knows that it has missed something': async () => {
        const ear = listen(kai, true);
        await ear.wait('hello');
        await order('drop kai');
        await ear.wait('hello', (message) => message !== ear.heard[0]);
        assert.strictEqual(ear.missed, 1);
    },
    'half a frame, and the rest by a resume': async () => {
        const ear = listen(kai);
        await ear.wait('hello');
        await order('half kai');
        await maria.client.createPost({ channel_id: square.id, message: 'after the half' });
        await ear.wait('posted', says('after the half'));
        assert.strictEqual(ear.missed, 0);
    },
    'after a restart the library knows that it has missed something': async () => {
        const ear = listen(kai);
        await ear.wait('hello');
        await order('restart');
        await ear.wait('hello', (message) => message !== ear.heard[0]);
        assert.strictEqual(ear.missed, 1);
        await maria.client.createPost({ channel_id: square.id, message: 'after the restart' });
        await ear.wait('posted', says('after the restart'));
    },
    'too many requests are an error that says so': async () => {
        await order('429 GET /users/me 1 1');
        await assert.rejects(kai.client.getMe());
        assert.strictEqual((await kai.client.getMe()).username, 'kai');
    },
    'a session ends': async () => {
        await order('expire kai');
        await assert.rejects(kai.client.getMe(), { status_code: 401 });
    },
};

async function main() {
    const names = Object.keys(tests);
    let failed = 0;

    process.stdout.write(`1..${names.length}\n`);
    await serverIsReady();
    for (const [index, name] of names.entries()) {
        try {
            await tests[name]();
            process.stdout.write(`ok ${index + 1} - @mattermost/client: ${name}\n`);
        } catch (error) {
            failed++;
            process.stdout.write(`not ok ${index + 1} - @mattermost/client: ${name}\n${String(error.stack).replace(/^/gm, '# ')}\n`);
        }
        sockets.splice(0).forEach((socket) => socket.close());
    }
    sandbox.stdin.end();
    sandbox.once('exit', () => process.exit(failed > 0 ? 1 : 0));
}

main();
