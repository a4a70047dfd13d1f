// Written by `make gen` from docs/openapi.json.

export interface paths {
    "/api/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Your keys, newest first; never the secrets
         * @description Your keys, newest first; never the secrets.
         */
        get: operations["list_keys"];
        put?: never;
        /**
         * Make a key
         * @description Make a key. It is in this answer and nowhere else.
         */
        post: operations["make_key"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/api-keys/{key_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete a key; in other processes it ends some seconds later
         * @description Delete a key; in other processes it ends some seconds later.
         */
        delete: operations["delete_key"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who did what, newest first
         * @description Who did what, newest first.
         */
        get: operations["read_audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/activity": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What you did, as the audit log has it, newest first
         * @description What you did, as the audit log has it, newest first.
         */
        get: operations["read_activity"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Open a session; its cookie replaces the one before
         * @description Open a session; its cookie replaces the one before. At most five attempts a minute.
         */
        post: operations["log_in"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End this session, here and in the browser
         * @description End this session, here and in the browser.
         */
        post: operations["log_out"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who one is, and what one may do
         * @description Who one is, and what one may do.
         */
        get: operations["me"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Be called something else
         * @description Be called something else.
         */
        patch: operations["change_me"];
        trace?: never;
    };
    "/api/auth/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Choose another password
         * @description Choose another password. Your other sessions end, this one gets a new cookie. Limited as logins are.
         */
        post: operations["change_password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The browsers in which you are logged in, newest first
         * @description The browsers in which you are logged in, newest first.
         */
        get: operations["read_sessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/sessions/{session_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Log another browser out; in other processes it ends some seconds later
         * @description Log another browser out; in other processes it ends some seconds later.
         */
        delete: operations["end_session"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/blocks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Every block, by name; one page
         * @description Every block, by name; one page.
         */
        get: operations["list_blocks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/blocks/{block_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One block
         * @description One block.
         */
        get: operations["read_block"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/blocks/load-errors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * In development: which files of blocks do not load as they were saved
         * @description In development: which files of blocks do not load as they were saved. Their blocks stay as they were before.
         */
        get: operations["list_load_errors"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/blocks/pins": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The pins that nodes with these constants have, whatever graph they are in
         * @description The pins that nodes with these constants have, whatever graph they are in.
         */
        post: operations["read_pins"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/budgets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Your budgets, oldest first, with what is spent and reserved now
         * @description Your budgets, oldest first, with what is spent and reserved now.
         */
        get: operations["list_budgets"];
        /**
         * Set a budget, in place of the one for the same user, graph and period
         * @description Set a budget, in place of the one for the same user, graph and period.
         *
         *     Calls that are at work go on; the next one is refused when it does not fit. What an owner has set for you,
         *     only owners can change.
         */
        put: operations["put_budget"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/budgets/{budget_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A budget, with what is spent and reserved now
         * @description A budget, with what is spent and reserved now.
         */
        get: operations["read_budget"];
        put?: never;
        post?: never;
        /**
         * Delete a budget: nothing limits that spending any more
         * @description Delete a budget: nothing limits that spending any more.
         */
        delete: operations["delete_budget"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/connections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A card for each provider that one can connect to, by label; one page
         * @description A card for each provider that one can connect to, by label; one page.
         */
        get: operations["list_connections"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/connections/{provider}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Test it, and store it as your credential, in place of the one that this card has stored before
         * @description Test it, and store it as your credential, in place of the one that this card has stored before.
         *
         *     422 with the provider's own words, and nothing is stored, when the service says no. A provider without a test
         *     is stored unchecked; `message` says so.
         */
        put: operations["save_connection"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/connections/{provider}/connect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Whether the form is complete; 400 names every field that is missing or cannot be used
         * @description Whether the form is complete; 400 names every field that is missing or cannot be used. Nobody is asked.
         */
        post: operations["check_connection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/connections/{provider}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask the service
         * @description Ask the service. Its no is an answer too: `is_ok` is false, and `reason` has its own words. Nothing is stored.
         */
        post: operations["test_connection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/costs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was spent: by day (the newest first), or by graph, provider, model, block or user (the dearest first)
         * @description What was spent: by day (the newest first), or by graph, provider, model, block or user (the dearest first).
         *
         *     Runs below others count for the graph at the top. Days are those of UTC. `group_by=user` shows everybody.
         */
        get: operations["read_costs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/credentials": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All of yours, and those of the platform that are set up; one list
         * @description All of yours, and those of the platform that are set up; one list.
         */
        get: operations["list_credentials"];
        put?: never;
        /**
         * Store a secret, and ask its provider whose account it is
         * @description Store a secret, and ask its provider whose account it is. That fails without harm: `problem` says why.
         */
        post: operations["make_credential"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/credentials/{credential_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What may be shown of it, and what uses it
         * @description What may be shown of it, and what uses it.
         */
        get: operations["read_credential"];
        put?: never;
        post?: never;
        /**
         * Delete it, and take a login back at its provider
         * @description Delete it, and take a login back at its provider. 409 with what uses it, unless that is confirmed.
         */
        delete: operations["delete_credential"];
        options?: never;
        head?: never;
        /**
         * Give it another title, or put another secret in its place: graphs go on with the new one
         * @description Give it another title, or put another secret in its place: graphs go on with the new one.
         */
        patch: operations["change_credential"];
        trace?: never;
    };
    "/api/credentials/{credential_id}/account": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whose account it is: as is known, else its provider is asked
         * @description Whose account it is: as is known, else its provider is asked.
         */
        get: operations["read_account"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/credentials/{credential_id}/avatar": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The picture of the account, through this server
         * @description The picture of the account, through this server. 404 where there is none.
         */
        get: operations["read_avatar"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/credentials/{credential_id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask its provider whether it works
         * @description Ask its provider whether it works. A no is an answer too: `reason` has the provider's own words.
         */
        post: operations["try_credential"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/credentials/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Your credentials that have expired, will within a week, want a new login, or failed their last test
         * @description Your credentials that have expired, will within a week, want a new login, or failed their last test.
         */
        get: operations["read_health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Your files, newest first
         * @description Your files, newest first.
         */
        get: operations["list_files"];
        put?: never;
        /**
         * Store the files of a form (field `file`, up to 20 of them), or the body itself under a name
         * @description Store the files of a form (field `file`, up to 20 of them), or the body itself under a name.
         *
         *     Either all of them are stored or none.
         */
        post: operations["upload_files"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/files/{file_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What is known of a file
         * @description What is known of a file.
         */
        get: operations["read_file"];
        put?: never;
        post?: never;
        /**
         * Delete a file
         * @description Delete a file. Nodes that read it afterwards fail.
         */
        delete: operations["delete_file"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/files/{file_id}/content": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The content, or the part of it that a `Range` header asks for
         * @description The content, or the part of it that a `Range` header asks for.
         */
        get: operations["download_file"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/folders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The folders that your graphs are in, by name; there are no others
         * @description The folders that your graphs are in, by name; there are no others.
         */
        get: operations["list_folders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/graphs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Your graphs, those first that were changed last, or by name
         * @description Your graphs, those first that were changed last, or by name.
         */
        get: operations["list_graphs"];
        put?: never;
        /**
         * Store a graph under a new id, with those in its file; problems come back beside it
         * @description Store a graph under a new id, with those in its file; problems come back beside it.
         */
        post: operations["create_graph"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/graphs/{graph_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A version of a graph, and what keeps it from running
         * @description A version of a graph, and what keeps it from running.
         */
        get: operations["read_graph"];
        /**
         * Store a new version, unless the newest one says the same
         * @description Store a new version, unless the newest one says the same. Graphs in the file get new ids.
         *
         *     A draft that says something else stays as it is.
         */
        put: operations["save_graph"];
        post?: never;
        /**
         * Delete a graph with its drafts, versions, triggers and schedules, once its runs have ended; they can be read
         * @description Delete a graph with its drafts, versions, triggers and schedules, once its runs have ended; they can be read.
         *
         *     Webhooks that no other graph listens to go too, also at their providers.
         *     Other processes may start runs of it for five more seconds.
         */
        delete: operations["delete_graph"];
        options?: never;
        head?: never;
        /**
         * Rename a graph, move it to a folder, tag it, say how long its runs are kept
         * @description Rename a graph, move it to a folder, tag it, say how long its runs are kept.
         *
         *     A new name is the draft's as well; versions keep theirs.
         */
        patch: operations["change_graph"];
        trace?: never;
    };
    "/api/graphs/{graph_id}/compare": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What changed from one version to another: nodes and links added, removed, changed, and moved nodes
         * @description What changed from one version to another: nodes and links added, removed, changed, and moved nodes.
         */
        get: operations["compare_versions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/graphs/{graph_id}/copy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a graph of the draft of another, in the same folder, with the same tags
         * @description Make a graph of the draft of another, in the same folder, with the same tags.
         */
        post: operations["copy_graph"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/graphs/{graph_id}/draft": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What is being composed, with its revision as ETag; the newest version where nothing else is
         * @description What is being composed, with its revision as ETag; the newest version where nothing else is.
         */
        get: operations["read_draft"];
        /**
         * Store what is being composed, in place of the revision that `If-Match` names; else 412
         * @description Store what is being composed, in place of the revision that `If-Match` names; else 412.
         *
         *     Problems keep nothing from being stored. Graphs in the file get ids of their own when the draft
         *     becomes a version.
         */
        put: operations["save_draft"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/graphs/{graph_id}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The graph as a file, with the graphs that it runs; without secrets, credentials and pinned outputs
         * @description The graph as a file, with the graphs that it runs; without secrets, credentials and pinned outputs.
         */
        get: operations["download_graph"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/graphs/{graph_id}/publish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Let triggers and other programs start this version, from now on; the draft without `version`
         * @description Let triggers and other programs start this version, from now on; the draft without `version`.
         *
         *     422 with every problem, and nothing is stored, when it cannot run. The answer waits up to ten seconds for webhooks
         *     that are made at their providers, and says how they stand. Fresh secrets are in this answer and nowhere else.
         */
        post: operations["publish_graph"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/graphs/{graph_id}/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start a run: 202 when it is stored; with `wait`, 200 and the result when it has ended in time
         * @description Start a run: 202 when it is stored; with `wait`, 200 and the result when it has ended in time.
         */
        post: operations["run_graph"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/graphs/{graph_id}/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The events of all runs of a graph, those that go on and those that begin later
         * @description The events of all runs of a graph, those that go on and those that begin later.
         */
        get: operations["stream_graph"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/graphs/{graph_id}/triggers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All that starts a graph, of its published version and of its draft
         * @description All that starts a graph, of its published version and of its draft.
         */
        get: operations["list_triggers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/graphs/{graph_id}/triggers/{node_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Give a node of the draft its webhook before the graph is published, or another one of yours
         * @description Give a node of the draft its webhook before the graph is published, or another one of yours.
         *
         *     The secret of a webhook that is made here is in this answer and nowhere else.
         */
        put: operations["put_trigger"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/graphs/{graph_id}/triggers/{node_id}/listen": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Wait for an event at the test address; it starts the draft, which is stored as a version for that
         * @description Wait for an event at the test address; it starts the draft, which is stored as a version for that.
         */
        post: operations["listen_for_event"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/graphs/{graph_id}/typical": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Time and cost of each block in the last 20 completed runs: the medians
         * @description Time and cost of each block in the last 20 completed runs: the medians. Very long runs are left out.
         */
        get: operations["read_typical"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/graphs/{graph_id}/unpublish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Let nothing but people start the graph any more
         * @description Let nothing but people start the graph any more.
         */
        post: operations["unpublish_graph"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/graphs/{graph_id}/validate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Every problem of a stored version or of the draft, each with node, pin and cure
         * @description Every problem of a stored version or of the draft, each with node, pin and cure.
         */
        post: operations["validate_graph"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/graphs/{graph_id}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The versions of a graph, newest first
         * @description The versions of a graph, newest first.
         */
        get: operations["list_versions"];
        put?: never;
        /**
         * Make a version of the draft
         * @description Make a version of the draft. 200 and the newest one when that says the same; it gets the name.
         */
        post: operations["save_version"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/graphs/{graph_id}/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Give a version another name
         * @description Give a version another name. What is in it never changes.
         */
        patch: operations["name_version"];
        trace?: never;
    };
    "/api/graphs/{graph_id}/versions/{version}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Put a version into the draft, in place of the revision that `If-Match` names; else 412
         * @description Put a version into the draft, in place of the revision that `If-Match` names; else 412.
         */
        post: operations["restore_version"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/graphs/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Store the graphs of a file under new ids, and tell what is not as it was
         * @description Store the graphs of a file under new ids, and tell what is not as it was.
         *
         *     Nodes whose block is missing are stored as they are.
         */
        post: operations["import_graph"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/graphs/validate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Everything that keeps the graphs of a file from running; nothing is stored
         * @description Everything that keeps the graphs of a file from running; nothing is stored.
         */
        post: operations["check_graph"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * 200 as long as the process answers
         * @description 200 as long as the process answers.
         */
        get: operations["live"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * 200 when the database is reachable and up to date and the worker is at work, else 503
         * @description 200 when the database is reachable and up to date and the worker is at work, else 503.
         */
        get: operations["ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/integrations/{provider}/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Your webhooks of a provider, newest first
         * @description Your webhooks of a provider, newest first.
         */
        get: operations["list_webhooks"];
        put?: never;
        /**
         * Make an address by hand, which stays until you delete it
         * @description Make an address by hand, which stays until you delete it. The secret is in this answer and nowhere else.
         */
        post: operations["make_webhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/integrations/{provider}/webhooks/{webhook_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A webhook, and who listens to it
         * @description A webhook, and who listens to it.
         */
        get: operations["read_webhook"];
        put?: never;
        post?: never;
        /**
         * Delete a webhook that no published graph listens to
         * @description Delete a webhook that no published graph listens to. Its address is answered 404 from then on.
         */
        delete: operations["delete_webhook"];
        options?: never;
        head?: never;
        /**
         * Rename a webhook, or say whether it stays when no graph listens any more
         * @description Rename a webhook, or say whether it stays when no graph listens any more.
         */
        patch: operations["change_webhook"];
        trace?: never;
    };
    "/api/integrations/{provider}/webhooks/{webhook_id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a webhook brought, newest first
         * @description What a webhook brought, newest first.
         */
        get: operations["list_deliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/integrations/{provider}/webhooks/{webhook_id}/deliveries/{delivery_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A delivery as it came, without what proves who sent it
         * @description A delivery as it came, without what proves who sent it.
         */
        get: operations["read_delivery"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/integrations/{provider}/webhooks/{webhook_id}/deliveries/{delivery_id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take a delivery in once more: it starts what listens now, also when it was a repeat or failed
         * @description Take a delivery in once more: it starts what listens now, also when it was a repeat or failed.
         *
         *     A test event starts the nodes and versions that it started while somebody listened.
         */
        post: operations["replay_delivery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/integrations/{provider}/webhooks/{webhook_id}/ingress": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Where a provider delivers an event, signed in its own way
         * @description Where a provider delivers an event, signed in its own way. 202 means that it is on disk, with its runs.
         *
         *     200 for a repeat, an event that nobody listens for, or a handshake; a graph may answer with what it likes.
         */
        post: operations["deliver_event"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/integrations/{provider}/webhooks/{webhook_id}/ping": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try a webhook: the provider is asked to send a ping where it can, else we sign a test event and take it in
         * @description Try a webhook: the provider is asked to send a ping where it can, else we sign a test event and take it in.
         */
        post: operations["ping_webhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/integrations/{provider}/webhooks/{webhook_id}/rotate-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give a webhook another secret: the provider's, or one that we make and show once
         * @description Give a webhook another secret: the provider's, or one that we make and show once.
         */
        post: operations["rotate_secret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/oauth/{provider}/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin a login at a provider: send the browser to the address in the answer
         * @description Begin a login at a provider: send the browser to the address in the answer. It comes back to a page of ours.
         *
         *     Refused with 409 while no operator has registered an application there, naming the two settings.
         */
        post: operations["begin_oauth_login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/polls": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The nodes of your published graphs that ask services for news, newest first
         * @description The nodes of your published graphs that ask services for news, newest first.
         */
        get: operations["list_polls"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/polls/{poll_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A node that asks for news: when it did last, when it does next, what is wrong
         * @description A node that asks for news: when it did last, when it does next, what is wrong.
         */
        get: operations["read_poll"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/polls/{poll_id}/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask now: what was found and started, or what went wrong
         * @description Ask now: what was found and started, or what went wrong. 409 while somebody asks already.
         */
        post: operations["check_poll"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/providers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Every provider, by label; one page
         * @description Every provider, by label; one page.
         */
        get: operations["list_providers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/providers/{provider}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One of them, however its name is spelled
         * @description One of them, however its name is spelled.
         */
        get: operations["read_provider"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/reviews": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What waits for you, oldest first; with `status` also what is decided
         * @description What waits for you, oldest first; with `status` also what is decided.
         */
        get: operations["list_reviews"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/reviews/{review_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One review, with all of its data
         * @description One review, with all of its data.
         */
        get: operations["read_review"];
        put?: never;
        /**
         * Approve or reject; the run goes on
         * @description Approve or reject; the run goes on. 409 when somebody was faster.
         */
        post: operations["answer_review"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Your runs, newest first: those that somebody started, not those within them
         * @description Your runs, newest first: those that somebody started, not those within them.
         *
         *     A request looks at the newest 20,000 runs behind the cursor, at 5,000 when it searches text. When few of
         *     them fit, the page is short or empty and still has a `next_cursor`: go on with it until it is null.
         */
        get: operations["list_runs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/runs/{run_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A run: what it was given, where it stands, what it came to
         * @description A run: what it was given, where it stands, what it came to.
         */
        get: operations["read_run"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Give a run other labels
         * @description Give a run other labels.
         */
        patch: operations["change_run"];
        trace?: never;
    };
    "/api/runs/{run_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask a run to end; within a second it does
         * @description Ask a run to end; within a second it does. One that has ended stays as it is.
         */
        post: operations["cancel_run"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/runs/{run_id}/costs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What each node of a run has cost, with the runs that it started; nodes without costs are left out
         * @description What each node of a run has cost, with the runs that it started; nodes without costs are left out.
         */
        get: operations["read_run_costs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/runs/{run_id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What is recorded of a run, in order
         * @description What is recorded of a run, in order.
         */
        get: operations["read_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/runs/{run_id}/nodes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How far each node is, of the whole graph and in its order
         * @description How far each node is, of the whole graph and in its order.
         */
        get: operations["read_nodes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/runs/{run_id}/nodes/{node_id}/firings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A node's firings by their number, from 0
         * @description A node's firings by their number, from 0.
         */
        get: operations["list_firings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/runs/{run_id}/nodes/{node_id}/firings/{firing}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One firing: what it took and gave, and what it waits for
         * @description One firing: what it took and gave, and what it waits for.
         */
        get: operations["read_firing"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/runs/{run_id}/nodes/{node_id}/outputs/{pin}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a node gave on a pin, in the order in which it was recorded
         * @description What a node gave on a pin, in the order in which it was recorded.
         */
        get: operations["list_values"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/runs/{run_id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A new run that takes over what finished in this one, and runs what failed or was not come to
         * @description A new run that takes over what finished in this one, and runs what failed or was not come to.
         *
         *     To run from a chosen node on, start a run with `from_run` and `from_node`.
         */
        post: operations["retry_run"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/runs/{run_id}/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Recorded events behind `after`, then live ones until the run has ended
         * @description Recorded events behind `after`, then live ones until the run has ended.
         */
        get: operations["stream_run"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/runs/{run_id}/values/{value_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A value as JSON
         * @description A value as JSON. `value_id` is the number of the event that gave it, or what a preview's `href` says.
         */
        get: operations["read_value"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/schedules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Your schedules, newest first, each with its next five times
         * @description Your schedules, newest first, each with its next five times.
         */
        get: operations["list_schedules"];
        put?: never;
        /**
         * Let a graph run when its time comes, in its published version
         * @description Let a graph run when its time comes, in its published version.
         *
         *     The graph need not be published yet; its inputs are checked all the same, against the newest version then.
         */
        post: operations["create_schedule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/schedules/{schedule_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A schedule: its next times, what came of the last one, what was missed, what is wrong
         * @description A schedule: its next times, what came of the last one, what was missed, what is wrong.
         */
        get: operations["read_schedule"];
        put?: never;
        post?: never;
        /**
         * Delete a schedule
         * @description Delete a schedule. A run that it has started goes on.
         */
        delete: operations["delete_schedule"];
        options?: never;
        head?: never;
        /**
         * Change when, how, with what and whether it runs
         * @description Change when, how, with what and whether it runs. What came due while it was off is not caught up.
         */
        patch: operations["change_schedule"];
        trace?: never;
    };
    "/api/schedules/{schedule_id}/run-now": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start a run as the schedule would, beside whatever goes on
         * @description Start a run as the schedule would, beside whatever goes on. Its times stay as they are.
         */
        post: operations["run_schedule_now"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/schedules/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * When a cron expression is due, before anything is stored; 400 with the field that is wrong
         * @description When a cron expression is due, before anything is stored; 400 with the field that is wrong.
         */
        post: operations["preview_schedule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the installation waits for its owner
         * @description Whether the installation waits for its owner.
         */
        get: operations["read_setup"];
        put?: never;
        /**
         * Make the owner's account and log them in; 404 once there is one
         * @description Make the owner's account and log them in; 404 once there is one.
         */
        post: operations["set_up"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What is running
         * @description What is running. An owner sees how many runs everybody has, others their own.
         */
        get: operations["read_status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All templates, by title
         * @description All templates, by title.
         */
        get: operations["list_templates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/templates/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A template and the graph in it
         * @description A template and the graph in it.
         */
        get: operations["read_template"];
        put?: never;
        /**
         * Make a graph of a template
         * @description Make a graph of a template.
         */
        post: operations["use_template"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Everybody who has an account, newest first
         * @description Everybody who has an account, newest first.
         */
        get: operations["list_users"];
        put?: never;
        /**
         * Make an account
         * @description Make an account. Without a password in the body one is made; it is in this answer and nowhere else.
         */
        post: operations["create_user"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One of them
         * @description One of them.
         */
        get: operations["read_user"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change name or role, shut somebody out or let them in again; 409 when no owner would be left
         * @description Change name or role, shut somebody out or let them in again; 409 when no owner would be left.
         *
         *     Who is shut out has no session any more, and their API keys do nothing until they are let in again. In
         *     other processes that takes some seconds.
         */
        patch: operations["change_user"];
        trace?: never;
    };
    "/api/users/{user_id}/reset-password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give somebody a new password, which is in this answer and nowhere else
         * @description Give somebody a new password, which is in this answer and nowhere else. All their sessions end.
         */
        post: operations["reset_password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/wizard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The steps of the first run, as the installation and your things are now
         * @description The steps of the first run, as the installation and your things are now.
         */
        get: operations["read_wizard"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * AccountView
         * @description Whose account it is, as the provider told; what it did not tell is empty.
         */
        AccountView: {
            /**
             * Avatar Url
             * @description At the provider; `GET /api/credentials/{id}/avatar` is ours
             * @default
             * @example
             */
            avatar_url: string;
            /**
             * Email
             * @default
             */
            email: string;
            /**
             * Name
             * @default
             * @example Ada Lovelace
             */
            name: string;
            /**
             * Organization
             * @default
             * @example Example Ltd
             */
            organization: string;
        };
        /**
         * AlteredPart
         * @description What is not as it was in the file.
         */
        AlteredPart: {
            /** Graph Id */
            graph_id: string;
            /**
             * Node Id
             * @description Empty: the graph as a whole
             * @example out
             */
            node_id: string;
            /**
             * Node Name
             * @default
             * @example Result
             */
            node_name: string;
            /**
             * Pin
             * @description None: the node as a whole
             */
            pin: string | null;
            /**
             * Why
             * @example Credentials do not travel with a graph. Choose one again.
             */
            why: string;
        };
        /**
         * Answer
         * @description A person's decision.
         */
        Answer: {
            /** Approved */
            approved: boolean;
            /**
             * Data
             * @description Edited data; None: as it was asked
             */
            data?: unknown;
            /**
             * Message
             * @default
             */
            message: string;
        };
        /**
         * ApiKeyRequest
         * @description What a key is for.
         */
        ApiKeyRequest: {
            /**
             * Expires At
             * @description None: never
             */
            expires_at?: string | null;
            /**
             * Name
             * @example laptop
             */
            name: string;
            /**
             * Scopes
             * @description None: all that you may do but `admin`
             */
            scopes?: components["schemas"]["Scope"][] | null;
        };
        /** ApiKeyView */
        ApiKeyView: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Expires At */
            expires_at: string | null;
            /** Id */
            id: string;
            /**
             * Last Used At
             * @description To the minute
             */
            last_used_at: string | null;
            /** Name */
            name: string;
            /** Scopes */
            scopes: string[];
        };
        /**
         * AuditEntryView
         * @description A line of the audit log.
         */
        AuditEntryView: {
            /**
             * Action
             * @description Noun and verb
             * @example user.create
             */
            action: string;
            /**
             * Address
             * @description Where the request came from; empty at the command line
             */
            address: string;
            /**
             * At
             * Format: date-time
             */
            at: string;
            /**
             * Detail
             * @description What belongs to the action
             */
            detail: {
                [key: string]: unknown;
            };
            /** Id */
            id: string;
            /** Target Id */
            target_id: string;
            /**
             * Target Kind
             * @example user
             */
            target_kind: string;
            /** User Email */
            user_email: string | null;
            /**
             * User Id
             * @description None: nobody was logged in, or it was done at the command line
             */
            user_id: string | null;
        };
        /**
         * BlockCost
         * @description One price of a block: `amount` micro-USD for each `per` of what `cost_type` counts.
         */
        BlockCost: {
            /**
             * Amount
             * @description Micro-USD for `per` units
             */
            amount: number;
            /**
             * Cost Filter
             * @description Inputs for which the price holds
             * @default {}
             */
            cost_filter: {
                [key: string]: unknown;
            };
            /** @default run */
            cost_type: components["schemas"]["BlockCostType"];
            /**
             * Counts
             * @description Which bytes are counted
             * @default output
             * @enum {string}
             */
            counts: "input" | "output";
            /**
             * Estimate
             * @description Micro-USD reserved before a call whose cost is known only afterwards
             */
            estimate?: number | null;
            /**
             * Model
             * @default
             */
            model: string;
            /**
             * Output Amount
             * @description For `per` tokens that the model wrote; without it they cost `amount`
             */
            output_amount?: number | null;
            /**
             * Per
             * @description 1; of tokens 1,000
             */
            per?: number | null;
            /**
             * Pin
             * @description Only values on this output; without it on all
             */
            pin?: string | null;
            /**
             * Provider
             * @default
             */
            provider: string;
        };
        /**
         * BlockCostType
         * @description What is counted. A retry is another call, and counts anew.
         * @enum {string}
         */
        BlockCostType: "run" | "byte" | "second" | "items" | "tokens" | "cost_usd";
        /** BlockList */
        BlockList: {
            /** Items */
            items: components["schemas"]["BlockView"][];
            /**
             * Next Cursor
             * @description None after the last page
             */
            next_cursor?: string | null;
            /**
             * Revision
             * @description In development: it grows when blocks are reloaded, or fail to load (`GET /api/blocks/load-errors`). Else null: blocks stay while the server runs
             * @example null
             */
            revision: number | null;
        };
        /**
         * BlockView
         * @description A block of the catalogue.
         */
        BlockView: {
            /** Categories */
            categories: string[];
            /**
             * Costs
             * @description Prices, of which the one that fits the inputs best holds
             */
            costs: components["schemas"]["BlockCost"][];
            /**
             * Credentials
             * @description They are no pins: nothing is linked to them
             */
            credentials: components["schemas"]["CredentialsFieldView"][];
            /** Description */
            description: string;
            /**
             * Differences
             * @description What is not as on the AutoGPT platform, a sentence each
             */
            differences: string[];
            /** Execution */
            execution: string;
            /**
             * Has Dynamic Pins
             * @description Whether a node's constants decide which pins it has: `POST /api/blocks/pins` tells them
             */
            has_dynamic_pins: boolean;
            /**
             * Icon
             * @description The name of a Lucide icon
             */
            icon: string;
            /** Id */
            id: string;
            /** Inputs */
            inputs: components["schemas"]["PinView"][];
            /** Is At Most Once */
            is_at_most_once: boolean;
            /** Is Collecting */
            is_collecting: boolean;
            /** Is Pure */
            is_pure: boolean;
            /** Is Static Output */
            is_static_output: boolean;
            /** Kind */
            kind: string;
            /** Name */
            name: string;
            /** Order */
            order: string;
            /** Outputs */
            outputs: components["schemas"]["PinView"][];
            /**
             * Provider
             * @description The outside service that it uses
             * @example github
             */
            provider: string | null;
            /**
             * Quality
             * @description How good the provider is; null without one
             * @example gold
             */
            quality: ("none" | "bronze" | "silver" | "gold" | "platinum") | null;
            /** Title */
            title: string;
        };
        /**
         * BudgetBody
         * @description What may be spent in a period. There is one budget for each user, graph and period.
         */
        BudgetBody: {
            /**
             * Graph Id
             * @description For runs of this graph; without it for all of the user's graphs together
             */
            graph_id?: string | null;
            /**
             * Limit Usd Micros
             * @description In millionths of a dollar; 0: nothing
             * @example 5000000
             */
            limit_usd_micros: number;
            /**
             * @description Days and months of UTC, or all time
             * @example day
             */
            period: components["schemas"]["BudgetPeriod"];
            /**
             * User Id
             * @description Whose; yours without it, others' for owners
             */
            user_id?: string | null;
        };
        /**
         * BudgetPeriod
         * @description Days and months are those of UTC.
         * @enum {string}
         */
        BudgetPeriod: "day" | "month" | "total";
        /**
         * BudgetView
         * @description A budget and how it stands now. A call that does not fit into what is left is refused, and its run fails.
         */
        BudgetView: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Graph Id
             * @description None: all of the user's graphs together
             */
            graph_id: string | null;
            /** Id */
            id: string;
            /**
             * Is Yours
             * @description Whether you may change and delete it
             */
            is_yours: boolean;
            limit: components["schemas"]["Cost"];
            period: components["schemas"]["BudgetPeriod"];
            /** @description What calls at work may still spend */
            reserved: components["schemas"]["Cost"];
            /**
             * Resets At
             * @description When spending begins at nothing again; None: never
             */
            resets_at: string | null;
            /**
             * Set By
             * @description The user who set it
             * @example 01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11
             */
            set_by: string;
            /** @description In the period that goes on */
            spent: components["schemas"]["Cost"];
            /**
             * Updated At
             * Format: date-time
             */
            updated_at: string;
            /** User Id */
            user_id: string;
        };
        /**
         * CallerAnswer
         * @description What a run says to whoever waits for it, before it has ended.
         */
        CallerAnswer: {
            /** Body */
            body?: unknown;
            /**
             * Headers
             * @default {}
             */
            headers: {
                [key: string]: string;
            };
            /**
             * Status
             * @description As an HTTP status
             * @default 200
             */
            status: number;
        };
        /**
         * Comparison
         * @description What changed from one version to the other.
         * @example {
         *       "fields": [
         *         {
         *           "after": "Greeting",
         *           "before": "Hello",
         *           "kind": "changed",
         *           "path": [
         *             "name"
         *           ]
         *         }
         *       ],
         *       "from_version": 1,
         *       "is_empty": false,
         *       "links": {
         *         "added": [],
         *         "changed": [],
         *         "removed": []
         *       },
         *       "moved": [
         *         {
         *           "after": {
         *             "x": 340,
         *             "y": 0
         *           },
         *           "before": {
         *             "x": 0,
         *             "y": 0
         *           },
         *           "id": "out",
         *           "label": "Result"
         *         }
         *       ],
         *       "nodes": {
         *         "added": [],
         *         "changed": [
         *           {
         *             "fields": [
         *               {
         *                 "after": "greeting",
         *                 "before": "said",
         *                 "kind": "changed",
         *                 "path": [
         *                   "input_default",
         *                   "name"
         *                 ]
         *               }
         *             ],
         *             "id": "out",
         *             "label": "Result"
         *           }
         *         ],
         *         "removed": []
         *       },
         *       "to_version": "draft"
         *     }
         */
        Comparison: {
            /**
             * Fields
             * @description Of the graph itself: name, description, limits
             */
            fields: components["schemas"]["FieldChangeView"][];
            /** From Version */
            from_version: number | "draft";
            /**
             * Is Empty
             * @description Whether both say the same
             */
            is_empty: boolean;
            links: components["schemas"]["LinksDiff"];
            /** Moved */
            moved: components["schemas"]["MoveView"][];
            nodes: components["schemas"]["NodesDiff"];
            /** To Version */
            to_version: number | "draft";
        };
        /**
         * ConnectionComplete
         * @description Everything that the form needs is there. Nobody was asked.
         */
        ConnectionComplete: {
            /**
             * Kind
             * @description Of the credential that it makes
             * @example api_key
             */
            kind: string;
            /**
             * Provider
             * @example example-provider
             */
            provider: string;
        };
        /**
         * ConnectionField
         * @description One line of a provider's form.
         */
        ConnectionField: {
            /**
             * Help
             * @example It is in your settings there
             */
            help: string;
            /** Is Required */
            is_required: boolean;
            /**
             * Key
             * @example api_key
             */
            key: string;
            /**
             * Label
             * @example API key
             */
            label: string;
            /**
             * Placeholder
             * @example ex_…
             */
            placeholder: string;
            /**
             * Type
             * @description A password is never shown again
             * @enum {string}
             */
            type: "text" | "password" | "url" | "checkbox";
        };
        /** ConnectionSaved */
        ConnectionSaved: {
            account: components["schemas"]["AccountView"] | null;
            /** Credential Id */
            credential_id: string;
            /** Is Tested */
            is_tested: boolean;
            /**
             * Message
             * @description What was done, for the person
             * @example Example is connected as ada@example.com.
             */
            message: string;
            /**
             * Provider
             * @example example-provider
             */
            provider: string;
            /**
             * Title
             * @example Example
             */
            title: string;
        };
        /**
         * ConnectionTried
         * @description What the service said.
         */
        ConnectionTried: {
            account: components["schemas"]["AccountView"] | null;
            /**
             * Code
             * @description Of the refusal, as problem documents have it; empty when it is ok
             * @example
             */
            code: string;
            /** Is Ok */
            is_ok: boolean;
            /**
             * Is Tested
             * @description False: this provider has no test, so nobody was asked
             */
            is_tested: boolean;
            /**
             * Reason
             * @description Why not, in the provider's own words where it said some
             * @example
             */
            reason: string;
        };
        /**
         * ConnectionValues
         * @description What a person filled in.
         */
        ConnectionValues: {
            /**
             * Fields
             * @description Key of a field -> what was filled in; a checkbox is true or false
             * @example {
             *       "api_key": "ex_…"
             *     }
             */
            fields: {
                [key: string]: string | boolean;
            };
        };
        /**
         * ConnectionView
         * @description A provider's card.
         */
        ConnectionView: {
            account: components["schemas"]["AccountView"] | null;
            /**
             * Credential Id
             * @description The credential that the card speaks of; there may be others
             */
            credential_id: string | null;
            /** Description */
            description: string;
            /** Fields */
            fields: components["schemas"]["ConnectionField"][];
            /**
             * Has Platform Credential
             * @description Whether everybody may use the platform's own
             */
            has_platform_credential: boolean;
            /** Has Test */
            has_test: boolean;
            /**
             * Help Url
             * @example https://example.com/help
             */
            help_url: string;
            /**
             * Is Available
             * @description Whether this installation's tier includes it
             */
            is_available: boolean;
            /**
             * Is Connected
             * @description Whether you have a credential of it that works, as far as is known
             */
            is_connected: boolean;
            /**
             * Kinds
             * @example [
             *       "api_key"
             *     ]
             */
            kinds: string[];
            /**
             * Label
             * @example Example
             */
            label: string;
            /** @description None: nobody logs in there */
            login: components["schemas"]["LoginSupport"] | null;
            /**
             * Problem
             * @description Why it has to be connected again, or what its last test said
             * @example
             */
            problem: string;
            /**
             * Provider
             * @example example-provider
             */
            provider: string;
            /**
             * Quality
             * @description `GET /api/providers/{provider}` has its rules
             * @enum {string}
             */
            quality: "none" | "bronze" | "silver" | "gold" | "platinum";
            /**
             * Tier
             * @enum {string}
             */
            tier: "free" | "paid" | "premium";
            /**
             * Title
             * @example Example
             */
            title: string;
        };
        /**
         * CopyRequest
         * @description What the copy is called.
         */
        CopyRequest: {
            /**
             * Name
             * @description None: `Copy of` the old name
             */
            name?: string | null;
        };
        /** Cost */
        Cost: {
            /**
             * Credits
             * @description One credit is 10,000 micro-dollars
             */
            credits: number;
            /** Usd Micros */
            usd_micros: number;
        };
        /**
         * CostGroup
         * @description By what costs are summed up.
         * @enum {string}
         */
        CostGroup: "day" | "graph" | "provider" | "model" | "block" | "user";
        /**
         * CostRow
         * @description What a group came to.
         */
        CostRow: {
            /**
             * Charges
             * @description How many charges it is the sum of
             * @example 3
             */
            charges: number;
            cost: components["schemas"]["Cost"];
            /**
             * Key
             * @description The day as 2026-01-31, the id of graph, block or user, or the name of provider or model; empty: none was named
             * @example 2026-01-31
             */
            key: string;
            /**
             * Label
             * @description What people call it; the key where it has no other name
             * @example 2026-01-31
             */
            label: string;
        };
        /**
         * Costs
         * @description Sums of charges; `total` is of all pages together.
         */
        Costs: {
            /**
             * From
             * Format: date-time
             * @description Charges from this moment on are counted
             */
            from: string;
            /** Items */
            items: components["schemas"]["CostRow"][];
            /**
             * Next Cursor
             * @description None after the last page
             */
            next_cursor?: string | null;
            /**
             * To
             * Format: date-time
             * @description Charges before this moment are counted
             */
            to: string;
            total: components["schemas"]["Cost"];
        };
        /**
         * CredentialAccount
         * @description Whose account it is.
         */
        CredentialAccount: {
            /** @description None: the provider has not told */
            account: components["schemas"]["AccountView"] | null;
            /**
             * Reason
             * @description Why not, in the provider's own words where it said some
             * @example
             */
            reason: string;
        };
        /**
         * CredentialChange
         * @description Another title, or another secret in the place of the old one; what is left out stays.
         */
        CredentialChange: {
            /**
             * Api Key
             * @description Of the kind `api_key`
             */
            api_key?: string | null;
            /**
             * Details
             * @description Of the kind `user_password`: all of them; others only with the password
             */
            details?: {
                [key: string]: string;
            } | null;
            /**
             * Expires At
             * @description Of the kind `api_key`
             */
            expires_at?: string | null;
            /**
             * Headers
             * @description Of the kind `host_scoped`: all of them
             */
            headers?: {
                [key: string]: string;
            } | null;
            /**
             * Host
             * @description Of the kind `host_scoped`
             */
            host?: string | null;
            /**
             * Password
             * @description Of the kind `user_password`
             */
            password?: string | null;
            /**
             * Title
             * @example Work
             */
            title?: string | null;
            /**
             * Username
             * @description Of the kind `user_password`
             */
            username?: string | null;
            /**
             * Values
             * @description Of the kind `custom`: all of them
             */
            values?: {
                [key: string]: string;
            } | null;
        };
        /** CredentialDeleted */
        CredentialDeleted: {
            /**
             * Is Revoked
             * @description Whether its provider took it back; None: nobody was asked
             */
            is_revoked: boolean | null;
            /**
             * Message
             * @description What is left to be done, if anything
             * @example Deleted here, and taken back at its provider.
             */
            message: string;
        };
        /** CredentialDetails */
        CredentialDetails: {
            account: components["schemas"]["AccountView"] | null;
            /** Created At */
            created_at: string | null;
            /**
             * Details
             * @description Of the kind `user_password`: what else was filled in, such as a server's name
             * @example {}
             */
            details: {
                [key: string]: string;
            };
            /**
             * Expires At
             * @description None: never, or it is renewed by itself
             */
            expires_at: string | null;
            /**
             * Host
             * @description Of the kind `host_scoped`
             * @example null
             */
            host: string | null;
            /** Id */
            id: string;
            /**
             * Is Platform
             * @description The platform's own: everybody may use it, and it costs
             */
            is_platform: boolean;
            /**
             * Kind
             * @enum {string}
             */
            kind: "api_key" | "oauth2" | "user_password" | "host_scoped" | "custom";
            /**
             * Problem
             * @description Why it has to be connected again, or what its last test said
             * @example
             */
            problem: string;
            /**
             * Provider
             * @example github
             */
            provider: string;
            /**
             * Scopes
             * @description Of the kind `oauth2`
             * @example []
             */
            scopes: string[];
            /**
             * Secret Names
             * @description Names of its headers or fields, never their values
             * @example []
             */
            secret_names: string[];
            /**
             * State
             * @enum {string}
             */
            state: "ok" | "reconnect" | "expired";
            /** Tested At */
            tested_at: string | null;
            /**
             * Title
             * @example Work
             */
            title: string;
            /** Used At */
            used_at: string | null;
            used_by: components["schemas"]["UsesView"];
            /**
             * Username
             * @description Of the kind `oauth2`: as its provider calls the account
             * @example null
             */
            username: string | null;
        };
        /**
         * CredentialHealth
         * @description A credential that wants attention.
         */
        CredentialHealth: {
            credential: components["schemas"]["CredentialView"];
            /**
             * Message
             * @description What happened and what to do
             * @example It expires at 2026-01-31 12:00 UTC. Replace its secret.
             */
            message: string;
            /**
             * Reason
             * @enum {string}
             */
            reason: "expired" | "expires_soon" | "reconnect" | "failed_test";
        };
        /** CredentialList */
        CredentialList: {
            /** Items */
            items: components["schemas"]["CredentialView"][];
        };
        /**
         * CredentialsFieldView
         * @description Which credential a node of the block names among its constants.
         */
        CredentialsFieldView: {
            /** Description */
            description: string;
            /**
             * Discriminator
             * @description The input that decides the provider; without a mapping: whose host decides
             * @example model
             */
            discriminator: string | null;
            /**
             * Discriminator Mapping
             * @description Its value -> provider
             * @example {
             *       "gpt-5-mini": "openai"
             *     }
             */
            discriminator_mapping: {
                [key: string]: string;
            } | null;
            /** Is Required */
            is_required: boolean;
            /**
             * Kinds
             * @description Empty: any
             * @example [
             *       "api_key",
             *       "oauth2"
             *     ]
             */
            kinds: string[];
            /**
             * Name
             * @description The constant: `credentials`, or what ends in `_credentials`
             */
            name: string;
            /**
             * Providers
             * @description Empty: any
             * @example [
             *       "github"
             *     ]
             */
            providers: string[];
            /**
             * Scopes
             * @description What an OAuth login must allow
             * @example [
             *       "repo"
             *     ]
             */
            scopes: string[];
        };
        /**
         * CredentialTested
         * @description What the provider said.
         */
        CredentialTested: {
            account: components["schemas"]["AccountView"] | null;
            /**
             * Code
             * @description Of the refusal, as problem documents have it; empty when it is ok
             * @example
             */
            code: string;
            /**
             * Is Ok
             * @example true
             */
            is_ok: boolean;
            /**
             * Is Tested
             * @description False: this provider has no test, so nobody was asked
             */
            is_tested: boolean;
            /**
             * Reason
             * @description Why not, in the provider's own words where it said some
             * @example
             */
            reason: string;
        };
        /**
         * CredentialView
         * @description What may be shown of a credential.
         */
        CredentialView: {
            account: components["schemas"]["AccountView"] | null;
            /** Created At */
            created_at: string | null;
            /**
             * Details
             * @description Of the kind `user_password`: what else was filled in, such as a server's name
             * @example {}
             */
            details: {
                [key: string]: string;
            };
            /**
             * Expires At
             * @description None: never, or it is renewed by itself
             */
            expires_at: string | null;
            /**
             * Host
             * @description Of the kind `host_scoped`
             * @example null
             */
            host: string | null;
            /** Id */
            id: string;
            /**
             * Is Platform
             * @description The platform's own: everybody may use it, and it costs
             */
            is_platform: boolean;
            /**
             * Kind
             * @enum {string}
             */
            kind: "api_key" | "oauth2" | "user_password" | "host_scoped" | "custom";
            /**
             * Problem
             * @description Why it has to be connected again, or what its last test said
             * @example
             */
            problem: string;
            /**
             * Provider
             * @example github
             */
            provider: string;
            /**
             * Scopes
             * @description Of the kind `oauth2`
             * @example []
             */
            scopes: string[];
            /**
             * Secret Names
             * @description Names of its headers or fields, never their values
             * @example []
             */
            secret_names: string[];
            /**
             * State
             * @enum {string}
             */
            state: "ok" | "reconnect" | "expired";
            /** Tested At */
            tested_at: string | null;
            /**
             * Title
             * @example Work
             */
            title: string;
            /** Used At */
            used_at: string | null;
            /**
             * Username
             * @description Of the kind `oauth2`: as its provider calls the account
             * @example null
             */
            username: string | null;
        };
        /**
         * CronBody
         * @description When something is to happen.
         */
        CronBody: {
            /**
             * Cron
             * @description Minute, hour, day of the month, month, day of the week; or `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`
             * @example 30 9 * * MON-FRI
             */
            cron: string;
            /**
             * Timezone
             * @description By its IANA name
             * @default UTC
             * @example Europe/Berlin
             */
            timezone: string;
        };
        /**
         * CronPreview
         * @description When it is due.
         */
        CronPreview: {
            /**
             * Cron
             * @description As five fields
             * @example 30 9 * * MON-FRI
             */
            cron: string;
            /**
             * Description
             * @description In words; empty where words would mislead
             * @example At 09:30 on Monday through Friday
             */
            description: string;
            /**
             * Next Times
             * @description The next five in UTC, fewer where there are no more
             * @example [
             *       "2026-01-30T08:30:00Z"
             *     ]
             */
            next_times: string[];
            /**
             * Timezone
             * @description As IANA writes it
             * @example Europe/Berlin
             */
            timezone: string;
        };
        /** DeliveryRow */
        DeliveryRow: {
            /**
             * Event Id
             * @description By which the provider tells repeats; None: it does not
             * @example evt_1
             */
            event_id: string | null;
            /**
             * Event Type
             * @example invoice.paid
             */
            event_type: string;
            /** Id */
            id: string;
            /** Is Test */
            is_test: boolean;
            /**
             * Problem
             * @example
             */
            problem: string;
            /**
             * Received At
             * Format: date-time
             */
            received_at: string;
            /**
             * Replay Of
             * @description The delivery that this one repeats
             * @example null
             */
            replay_of: string | null;
            /**
             * Run Ids
             * @example [
             *       "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11"
             *     ]
             */
            run_ids: string[];
            /** Size Bytes */
            size_bytes: number;
            /**
             * State
             * @description `ignored`: nobody listened; `failed`: the graph cannot run, see `problem`
             * @example started
             * @enum {string}
             */
            state: "started" | "ignored" | "failed";
        };
        /**
         * DeliveryTaken
         * @description A delivery that is on disk, with the runs that it started.
         */
        DeliveryTaken: {
            /** Delivery Id */
            delivery_id: string;
            /**
             * Ignored
             * @description The name of an event that nobody listens for
             * @example null
             */
            ignored?: string | null;
            /**
             * Is Repeat
             * @description The event had come before, and started nothing now
             * @default false
             */
            is_repeat: boolean;
            /**
             * Run Ids
             * @description Empty where nobody listens for the event
             */
            run_ids: string[];
        };
        /**
         * DeliveryView
         * @description A delivery as it came.
         */
        DeliveryView: {
            /**
             * Body
             * @example {"type": "invoice.paid"}
             */
            body: string;
            /**
             * Body Encoding
             * @example text
             * @enum {string}
             */
            body_encoding: "text" | "base64";
            /**
             * Event Id
             * @description By which the provider tells repeats; None: it does not
             * @example evt_1
             */
            event_id: string | null;
            /**
             * Event Type
             * @example invoice.paid
             */
            event_type: string;
            /**
             * Headers
             * @description Signatures, tokens and cookies are hidden
             * @example {
             *       "content-type": "application/json"
             *     }
             */
            headers: {
                [key: string]: string;
            };
            /** Id */
            id: string;
            /**
             * Is Cut
             * @description Whether the body is longer than what is shown: 64 KiB
             */
            is_cut: boolean;
            /** Is Test */
            is_test: boolean;
            /**
             * Problem
             * @example
             */
            problem: string;
            /**
             * Received At
             * Format: date-time
             */
            received_at: string;
            /**
             * Replay Of
             * @description The delivery that this one repeats
             * @example null
             */
            replay_of: string | null;
            /**
             * Run Ids
             * @example [
             *       "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11"
             *     ]
             */
            run_ids: string[];
            /** Size Bytes */
            size_bytes: number;
            /**
             * State
             * @description `ignored`: nobody listened; `failed`: the graph cannot run, see `problem`
             * @example started
             * @enum {string}
             */
            state: "started" | "ignored" | "failed";
        };
        /**
         * DifferencePart
         * @description What works otherwise here than where the file comes from.
         */
        DifferencePart: {
            /**
             * Block
             * @description None: it concerns the graph, not one block
             * @example CalculatorBlock
             */
            block: string | null;
            /**
             * Count
             * @description How many nodes it concerns
             * @example 1
             */
            count: number;
            /**
             * Nodes
             * @description The first of them
             * @example [
             *       {
             *         "graph_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
             *         "node_id": "sum",
             *         "node_name": "Sum"
             *       }
             *     ]
             */
            nodes: components["schemas"]["NodeInGraph"][];
            /**
             * Text
             * @example A division by zero fails; there it gives infinity.
             */
            text: string;
        };
        /** DraftSaved */
        DraftSaved: {
            /** Problems */
            problems: components["schemas"]["ProblemView"][];
            /**
             * Revision
             * @description Send it as `If-Match` with the next change
             */
            revision: number;
        };
        /**
         * DraftState
         * @description Whether somebody composes something that no version has yet.
         */
        DraftState: {
            /**
             * Is Changed
             * @description Whether the draft says something else than the newest version
             */
            is_changed: boolean;
            /** Revision */
            revision: number;
        };
        /**
         * DraftView
         * @description What is being composed; the newest version where nothing else is.
         */
        DraftView: {
            /** Based On Version */
            based_on_version: number;
            graph: components["schemas"]["Graph"];
            /**
             * Is Changed
             * @description Whether it says something else than the newest version
             */
            is_changed: boolean;
            /**
             * Problems
             * @description What keeps it from running; it is stored nevertheless
             */
            problems: components["schemas"]["ProblemView"][];
            /** Revision */
            revision: number;
            /**
             * Saved At
             * Format: date-time
             */
            saved_at: string;
            /**
             * Saved By
             * @description A user's id; None where nobody is known
             * @example null
             */
            saved_by: string | null;
        };
        /**
         * ElementChangeView
         * @description A node or a link that is in both.
         */
        ElementChangeView: {
            /** Fields */
            fields: components["schemas"]["FieldChangeView"][];
            /** Id */
            id: string;
            /**
             * Label
             * @description What people call it
             * @example Result
             */
            label: string;
            /**
             * Nth
             * @description Which of several with this id; 0 in every graph that can run
             * @default 0
             */
            nth: number;
        };
        /**
         * FieldChangeView
         * @description One field; lists are compared as a whole.
         */
        FieldChangeView: {
            /**
             * After
             * @example Good morning
             */
            after?: unknown;
            /**
             * Before
             * @example Hello
             */
            before?: unknown;
            /**
             * Kind
             * @example changed
             * @enum {string}
             */
            kind: "added" | "removed" | "changed";
            /**
             * Path
             * @description Names from the outside in
             * @example [
             *       "input_default",
             *       "text"
             *     ]
             */
            path: string[];
        };
        /**
         * FilesStored
         * @description What an upload came to, in the order of the form.
         */
        FilesStored: {
            /** Items */
            items: components["schemas"]["FileView"][];
        };
        /** FileView */
        FileView: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Id
             * @example 01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11
             */
            id: string;
            /**
             * Media Type
             * @description As declared, or by the name
             * @example application/pdf
             */
            media_type: string;
            /**
             * Name
             * @example report.pdf
             */
            name: string;
            /**
             * Reference
             * @description How inputs, constants and outputs name the file
             * @example file:01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11
             */
            reference: string;
            /**
             * Run Id
             * @description The run that made it; None for an upload
             * @example null
             */
            run_id: string | null;
            /**
             * Sha256
             * @example 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
             */
            sha256: string;
            /**
             * Size Bytes
             * @example 48213
             */
            size_bytes: number;
            /**
             * Used At
             * Format: date-time
             * @description To the hour; an unused upload is deleted some day
             */
            used_at: string;
        };
        /**
         * FiringDetails
         * @description A firing on its own page.
         */
        FiringDetails: {
            /** Attempts */
            attempts: number;
            /**
             * Child Run Ids
             * @description Runs that it has started, 100 at most
             */
            child_run_ids: string[];
            cost: components["schemas"]["Cost"];
            /** Duration Ms */
            duration_ms: number | null;
            /** Ended At */
            ended_at: string | null;
            error: components["schemas"]["FiringError"] | null;
            /** Firing */
            firing: number;
            /**
             * Has More Outputs
             * @description Whether these are only the first: page `outputs` for the rest
             */
            has_more_outputs: boolean;
            /**
             * Inputs
             * @description Linked pins; constants are in the graph
             */
            inputs: {
                [key: string]: components["schemas"]["TakenInput"];
            };
            /**
             * Item
             * @description The item it works on; empty outside of lists
             */
            item: components["schemas"]["Item"][];
            /** Outputs */
            outputs: {
                [key: string]: components["schemas"]["GivenOutput"];
            };
            /**
             * Started At
             * Format: date-time
             */
            started_at: string;
            status: components["schemas"]["FiringStatus"];
            waits_for: components["schemas"]["Waits"] | null;
        };
        /** FiringError */
        FiringError: {
            /** Code */
            code: string;
            /** @description The request behind it, if there was one */
            exchange?: components["schemas"]["HttpExchange"] | null;
            /** Message */
            message: string;
        };
        /**
         * FiringRow
         * @description One firing of a node.
         */
        FiringRow: {
            /** Attempts */
            attempts: number;
            cost: components["schemas"]["Cost"];
            /** Duration Ms */
            duration_ms: number | null;
            /** Ended At */
            ended_at: string | null;
            error: components["schemas"]["FiringError"] | null;
            /** Firing */
            firing: number;
            /**
             * Item
             * @description The item it works on; empty outside of lists
             */
            item: components["schemas"]["Item"][];
            /**
             * Started At
             * Format: date-time
             */
            started_at: string;
            status: components["schemas"]["FiringStatus"];
        };
        /**
         * Firings
         * @description A page of them by number.
         */
        Firings: {
            /** Items */
            items: components["schemas"]["FiringRow"][];
            /**
             * Next After
             * @description `after` of the next page; null after the last one there is now
             */
            next_after: number | null;
        };
        /**
         * FiringStatus
         * @description `stopped`: the run ended while it was at work.
         * @enum {string}
         */
        FiringStatus: "running" | "waiting" | "completed" | "failed" | "stopped";
        /** Folder */
        Folder: {
            /**
             * Graphs
             * @description How many are in it, without those in folders below
             */
            graphs: number;
            /**
             * Name
             * @description Empty: graphs that are in no folder
             */
            name: string;
        };
        /**
         * GivenOutput
         * @description What was given on one pin.
         */
        GivenOutput: {
            /** Values */
            values: components["schemas"]["GivenValue"][];
        };
        /**
         * GivenValue
         * @description A value, and the event that gave it.
         */
        GivenValue: {
            /** Firing */
            firing: number;
            /**
             * Index
             * @description The item that it opened
             */
            index?: number | null;
            /**
             * Seq
             * @description `GET …/values/{seq}` has all of it
             */
            seq: number;
            /**
             * Value
             * @description Long ones as `{"$preview": …, "size_bytes": …, "href": …}`; `href` has all of it. A value that looks so itself comes as `{"$value": …}`
             */
            value: unknown;
        };
        /**
         * Graph
         * @description One version of a graph, with the graphs that came along in its file.
         */
        Graph: {
            /**
             * Description
             * @default
             */
            description: string;
            /**
             * Id
             * @default
             */
            id: string;
            /**
             * @description Of each run of this graph; a run may set its own
             * @default {}
             */
            limits: components["schemas"]["RunLimits"];
            /** Links */
            links: components["schemas"]["Link"][];
            /** Name */
            name: string;
            /** Nodes */
            nodes: components["schemas"]["Node"][];
            /**
             * Sub Graphs
             * @default []
             */
            sub_graphs: components["schemas"]["Graph"][];
            /**
             * Version
             * @default 1
             */
            version: number;
        };
        /**
         * GraphChange
         * @description What is to change; what is not named stays.
         */
        GraphChange: {
            /**
             * Description
             * @default
             */
            description: string;
            /**
             * Folder
             * @description Names separated by `/`
             * @default
             */
            folder: string;
            /**
             * Name
             * @default
             */
            name: string;
            /**
             * Retain Days
             * @description 0: for ever, None: as the installation says
             */
            retain_days?: number | null;
            /**
             * Tags
             * @default []
             * @example [
             *       "finance"
             *     ]
             */
            tags: string[];
        };
        /**
         * GraphFile
         * @description A graph as it is exchanged: nothing secret in it, the graphs that it runs beside it.
         */
        GraphFile: {
            /**
             * Description
             * @default
             */
            description: string;
            /**
             * Id
             * @default
             */
            id: string;
            /**
             * Left Out
             * @description What whoever imports it has to fill in
             * @default []
             */
            left_out: components["schemas"]["AlteredPart"][];
            /**
             * @description Of each run of this graph; a run may set its own
             * @default {}
             */
            limits: components["schemas"]["RunLimits"];
            /** Links */
            links: components["schemas"]["Link"][];
            /** Name */
            name: string;
            /** Nodes */
            nodes: components["schemas"]["Node"][];
            /**
             * Sub Graphs
             * @default []
             */
            sub_graphs: components["schemas"]["Graph"][];
            /**
             * Version
             * @default 1
             */
            version: number;
        };
        /** GraphProblems */
        GraphProblems: {
            /** Problems */
            problems: components["schemas"]["ProblemView"][];
        };
        /** GraphRow */
        GraphRow: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Description */
            description: string;
            draft: components["schemas"]["DraftState"];
            /**
             * Folder
             * @description Names separated by `/`; empty: in no folder
             * @example Work/Money
             */
            folder: string;
            /** Id */
            id: string;
            last_run: components["schemas"]["LastRun"] | null;
            /** Latest Version */
            latest_version: number;
            /** Name */
            name: string;
            /**
             * Published Version
             * @description What triggers and other programs start; None: nothing
             */
            published_version: number | null;
            /**
             * Retain Days
             * @description How long ended runs are kept; 0: for ever, None: as the installation says
             */
            retain_days: number | null;
            /**
             * Tags
             * @example [
             *       "finance"
             *     ]
             */
            tags: string[];
            /**
             * Updated At
             * Format: date-time
             */
            updated_at: string;
        };
        /** GraphSaved */
        GraphSaved: {
            /** Id */
            id: string;
            /**
             * Problems
             * @description What keeps it from running; empty when it can run
             */
            problems: components["schemas"]["ProblemView"][];
            /** Version */
            version: number;
        };
        /**
         * GraphTriggers
         * @description All that starts a graph, of its published version and of its draft.
         */
        GraphTriggers: {
            /** Schedules */
            schedules: components["schemas"]["ScheduleBrief"][];
            /** Triggers */
            triggers: components["schemas"]["TriggerView"][];
        };
        /** GraphUseView */
        GraphUseView: {
            /** Graph Id */
            graph_id: string;
            /** Is In Draft */
            is_in_draft: boolean;
            /** Is In Newest */
            is_in_newest: boolean;
            /** Is In Published */
            is_in_published: boolean;
            /** Name */
            name: string;
        };
        /**
         * GraphView
         * @description A version of a graph.
         */
        GraphView: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Description
             * @default
             */
            description: string;
            draft: components["schemas"]["DraftState"];
            /**
             * Folder
             * @description Names separated by `/`; empty: in no folder
             * @example Work/Money
             */
            folder: string;
            /**
             * Id
             * @default
             */
            id: string;
            last_run: components["schemas"]["LastRun"] | null;
            /** Latest Version */
            latest_version: number;
            /**
             * @description Of each run of this graph; a run may set its own
             * @default {}
             */
            limits: components["schemas"]["RunLimits"];
            /** Links */
            links: components["schemas"]["Link"][];
            /** Name */
            name: string;
            /** Nodes */
            nodes: components["schemas"]["Node"][];
            /** Problems */
            problems: components["schemas"]["ProblemView"][];
            /**
             * Published Version
             * @description What triggers and other programs start; None: nothing
             */
            published_version: number | null;
            /**
             * Retain Days
             * @description How long ended runs are kept; 0: for ever, None: as the installation says
             */
            retain_days: number | null;
            /**
             * Sub Graphs
             * @default []
             */
            sub_graphs: components["schemas"]["Graph"][];
            /**
             * Tags
             * @example [
             *       "finance"
             *     ]
             */
            tags: string[];
            /**
             * Updated At
             * Format: date-time
             */
            updated_at: string;
            /**
             * Version
             * @default 1
             */
            version: number;
        };
        /** Health */
        Health: {
            /**
             * Problems
             * @description What is wrong, and the cure
             * @default []
             */
            problems: string[];
            /** Status */
            status: string;
            /**
             * Warnings
             * @description What somebody should look at before it goes wrong
             * @default []
             */
            warnings: string[];
        };
        /** HealthList */
        HealthList: {
            /** Items */
            items: components["schemas"]["CredentialHealth"][];
        };
        /**
         * HttpExchange
         * @description What a block sent to a service and what came back, when that is why it failed. Secrets are masked.
         */
        HttpExchange: {
            /**
             * Duration Ms
             * @description With repetitions; None: no answer came
             */
            duration_ms: number | null;
            /** Method */
            method: string;
            /**
             * Request Body
             * @description Its first 4 KiB; of what is no text, what it is
             */
            request_body: string;
            /** Request Headers */
            request_headers: {
                [key: string]: string;
            };
            /** Request Size Bytes */
            request_size_bytes: number;
            /**
             * Response Body
             * @description As `request_body`
             */
            response_body: string;
            /** Response Headers */
            response_headers: {
                [key: string]: string;
            };
            /** Response Size Bytes */
            response_size_bytes: number;
            /**
             * Status
             * @description None: no answer came
             */
            status: number | null;
            /** Url */
            url: string;
        };
        /**
         * ImportReport
         * @description What became of a file.
         */
        ImportReport: {
            /** Changed */
            changed: components["schemas"]["AlteredPart"][];
            /** Credentials */
            credentials: components["schemas"]["WantedCredential"][];
            /** Differences */
            differences: components["schemas"]["DifferencePart"][];
            /** Id */
            id: string;
            /** Mapped */
            mapped: components["schemas"]["MappedGraph"][];
            /** Missing */
            missing: components["schemas"]["MissingPart"][];
            /**
             * More
             * @description How many entries were cut off a list, by its name
             * @example {
             *       "changed": 12
             *     }
             */
            more: {
                [key: string]: number;
            };
            /**
             * Problems
             * @description What keeps it from running; empty when it can run
             */
            problems: components["schemas"]["ProblemView"][];
            /** Renamed */
            renamed: components["schemas"]["RenamedPart"][];
            /** Version */
            version: number;
        };
        /**
         * Item
         * @description One step of the path to an item: the `index`-th that a firing of the node gave out.
         */
        Item: {
            /** Index */
            index: number;
            /** Node Id */
            node_id: string;
            /** Ordinal */
            ordinal: number;
        };
        /** LastRun */
        LastRun: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Run Id */
            run_id: string;
            /** Status */
            status: string;
        };
        /**
         * Leftover
         * @description Values that reached a pin and were never used.
         */
        Leftover: {
            /** Count */
            count: number;
            /** Node Id */
            node_id: string;
            /** Pin */
            pin: string;
        };
        /** Link */
        Link: {
            /** Id */
            id: string;
            /**
             * Is Static
             * @default false
             */
            is_static: boolean;
            /** Sink Id */
            sink_id: string;
            /** Sink Name */
            sink_name: string;
            /** Source Id */
            source_id: string;
            /** Source Name */
            source_name: string;
        };
        /** LinksDiff */
        LinksDiff: {
            /** Added */
            added: components["schemas"]["Link"][];
            /** Changed */
            changed: components["schemas"]["ElementChangeView"][];
            /** Order */
            order?: string[] | null;
            /** Removed */
            removed: components["schemas"]["Link"][];
        };
        /**
         * ListeningNode
         * @description A node that a webhook may start.
         */
        ListeningNode: {
            /**
             * Events
             * @description Empty: all
             * @example [
             *       "invoice.paid"
             *     ]
             */
            events: string[];
            /** Graph Id */
            graph_id: string;
            /**
             * Graph Version
             * @description Which version is started; 0: none was published
             */
            graph_version: number;
            /**
             * Is Live
             * @description Whether its graph is published
             */
            is_live: boolean;
            /** Node Id */
            node_id: string;
        };
        /** LoadErrors */
        LoadErrors: {
            /**
             * Items
             * @description Empty when all load, and always in production
             */
            items: components["schemas"]["LoadErrorView"][];
            /**
             * Revision
             * @description As in the list of blocks
             * @example null
             */
            revision: number | null;
        };
        /**
         * LoadErrorView
         * @description Why a file of blocks does not load as it was saved.
         */
        LoadErrorView: {
            /**
             * At
             * Format: date-time
             * @description When it was first seen
             */
            at: string;
            /**
             * File
             * @example backend/blocks/text/words.py
             */
            file: string;
            /**
             * Line
             * @description None where the whole file is meant
             * @example 12
             */
            line: number | null;
            /**
             * Message
             * @example NameError: name 'Blok' is not defined
             */
            message: string;
        };
        /**
         * Login
         * @description Who one is, and the proof.
         */
        Login: {
            /**
             * Email
             * @example ada@example.com
             */
            email: string;
            /**
             * Password
             * @example correct horse battery
             */
            password: string;
        };
        /**
         * LoginSupport
         * @description OAuth 2.
         */
        LoginSupport: {
            /**
             * Is Set Up
             * @description Whether an operator has registered an application
             */
            is_set_up: boolean;
            /**
             * Variables
             * @description The settings that an operator fills in
             * @example [
             *       "GITHUB_CLIENT_ID",
             *       "GITHUB_CLIENT_SECRET"
             *     ]
             */
            variables: string[];
        };
        /**
         * MappedGraph
         * @description A graph of the file and what it became.
         */
        MappedGraph: {
            /**
             * Blocks
             * @description The blocks that are known here, with how many nodes use them
             */
            blocks: {
                [key: string]: number;
            };
            /** File Id */
            file_id: string;
            /** Id */
            id: string;
            /** Name */
            name: string;
        };
        /** Me */
        Me: {
            /** Email */
            email: string;
            /** Id */
            id: string;
            /** Name */
            name: string;
            /**
             * Role
             * @description owner, editor or viewer
             */
            role: string;
            /**
             * Scopes
             * @description What this session or key may do
             */
            scopes: components["schemas"]["Scope"][];
        };
        /**
         * MeChange
         * @description What one may change about oneself.
         */
        MeChange: {
            /**
             * Name
             * @example Ada Lovelace
             */
            name: string;
        };
        /**
         * MissingPart
         * @description What a node needs and is not here.
         */
        MissingPart: {
            /** Block Id */
            block_id: string;
            /**
             * Block Name
             * @description None: nothing is known of the block
             * @example AITextGeneratorBlock
             */
            block_name?: string | null;
            /** Graph Id */
            graph_id: string;
            /**
             * Missing
             * @description `block`, or the graph that it runs: `graph ID`
             * @example block
             */
            missing: string;
            /** Node Id */
            node_id: string;
            /** Node Name */
            node_name: string;
        };
        /**
         * MoveView
         * @description A node that stands elsewhere on the canvas.
         */
        MoveView: {
            after: components["schemas"]["Position"];
            before: components["schemas"]["Position"];
            /** Id */
            id: string;
            /**
             * Label
             * @example Result
             */
            label: string;
            /**
             * Nth
             * @default 0
             */
            nth: number;
        };
        /** NewApiKey */
        NewApiKey: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Expires At */
            expires_at: string | null;
            /** Id */
            id: string;
            /**
             * Key
             * @description Shown this once; None when you repeated the request
             */
            key: string | null;
            /**
             * Last Used At
             * @description To the minute
             */
            last_used_at: string | null;
            /** Name */
            name: string;
            /** Scopes */
            scopes: string[];
        };
        /** NewApiKeyCredential */
        NewApiKeyCredential: {
            /**
             * Api Key
             * Format: password
             * @example paste-the-key-here
             */
            api_key: string;
            /**
             * Expires At
             * @description None: never
             * @example null
             */
            expires_at?: string | null;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "api_key";
            /**
             * Provider
             * @description As `GET /api/providers` says it
             * @example github
             */
            provider: string;
            /**
             * Title
             * @description The provider's label without one
             * @default
             * @example Work
             */
            title: string;
        };
        /** NewConnection */
        NewConnection: {
            /**
             * Fields
             * @description Key of a field -> what was filled in; a checkbox is true or false
             * @example {
             *       "api_key": "ex_…"
             *     }
             */
            fields: {
                [key: string]: string | boolean;
            };
            /**
             * Title
             * @description The provider's label without one
             * @default
             * @example Work
             */
            title: string;
        };
        /** NewCustomCredential */
        NewCustomCredential: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "custom";
            /**
             * Provider
             * @description As `GET /api/providers` says it
             * @example github
             */
            provider: string;
            /**
             * Title
             * @description The provider's label without one
             * @default
             * @example Work
             */
            title: string;
            /**
             * Values
             * @example {
             *       "account": "ada",
             *       "token": "paste-the-token-here"
             *     }
             */
            values: {
                [key: string]: string;
            };
        };
        /** NewHostScopedCredential */
        NewHostScopedCredential: {
            /**
             * Headers
             * @example {
             *       "Authorization": "Bearer paste-the-token-here"
             *     }
             */
            headers: {
                [key: string]: string;
            };
            /**
             * Host
             * @description Of a host, perhaps with its port; `*.example.com` is all below it
             * @example api.example.com
             */
            host: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "host_scoped";
            /**
             * Provider
             * @description As `GET /api/providers` says it
             * @example github
             */
            provider: string;
            /**
             * Title
             * @description The provider's label without one
             * @default
             * @example Work
             */
            title: string;
        };
        /**
         * NewPerson
         * @description Who is to have an account.
         */
        NewPerson: {
            /**
             * Email
             * @example ada@example.com
             */
            email: string;
            /**
             * Name
             * @description Empty: what stands before the @
             * @default
             * @example Ada Lovelace
             */
            name: string;
            /**
             * Password
             * @description None: one is made, and shown in the answer
             */
            password?: string | null;
            /**
             * Role
             * @default editor
             * @enum {string}
             */
            role: "owner" | "editor" | "viewer";
        };
        /** NewUserPasswordCredential */
        NewUserPasswordCredential: {
            /**
             * Details
             * @description What else the provider's form asks for and is no secret
             * @default {}
             * @example {}
             */
            details: {
                [key: string]: string;
            };
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            kind: "user_password";
            /**
             * Password
             * Format: password
             * @example correct horse battery
             */
            password: string;
            /**
             * Provider
             * @description As `GET /api/providers` says it
             * @example github
             */
            provider: string;
            /**
             * Title
             * @description The provider's label without one
             * @default
             * @example Work
             */
            title: string;
            /**
             * Username
             * Format: password
             * @example ada
             */
            username: string;
        };
        /**
         * NewWebhook
         * @description A webhook that was just made.
         */
        NewWebhook: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Credential Id
             * @example null
             */
            credential_id: string | null;
            /**
             * Has Secret
             * @description Without one nothing is taken
             */
            has_secret: boolean;
            /** Id */
            id: string;
            /**
             * Is Automatic
             * @description Made through the provider's API; else a person pastes the address
             */
            is_automatic: boolean;
            /**
             * Is Kept
             * @description Whether it stays when no graph listens any more
             */
            is_kept: boolean;
            /** Last Delivery At */
            last_delivery_at: string | null;
            /**
             * Next Attempt At
             * @description When it is tried again
             * @example null
             */
            next_attempt_at: string | null;
            /**
             * Problem
             * @description Why no events come, and what to do; empty: nothing is wrong
             * @example
             */
            problem: string;
            /**
             * Provider
             * @example stripe
             */
            provider: string;
            /**
             * Registered Events
             * @description What the provider sends now
             * @example []
             */
            registered_events: string[];
            /**
             * Resource
             * @description For which thing at the provider; empty: it says so there
             * @example
             */
            resource: string;
            /**
             * Secret
             * @description Of a webhook that was just made: it is in this answer and nowhere else. None: there is none to be carried anywhere
             * @example whsec_made-once-and-shown-once
             */
            secret: string | null;
            /**
             * Setup
             * @description What a person does at the provider; empty: nothing
             * @example Developers > Webhooks > Add
             */
            setup: string;
            /**
             * State
             * @description `pending`: it is being made at the provider; `failed`: see `problem`; `removing`: it is being taken away there
             * @example active
             * @enum {string}
             */
            state: "active" | "pending" | "failed" | "removing";
            /**
             * Test Url
             * @description Where test events go, while somebody listens
             * @example https://blockyard.example.com/api/integrations/stripe/webhooks/01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11/ingress?test=true
             */
            test_url: string;
            /** Title */
            title: string;
            /** Triggers */
            triggers: components["schemas"]["ListeningNode"][];
            /**
             * Updated At
             * Format: date-time
             */
            updated_at: string;
            /**
             * Url
             * @description Where the provider sends events
             * @example https://blockyard.example.com/api/integrations/stripe/webhooks/01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11/ingress
             */
            url: string;
            /**
             * Wanted Events
             * @description Empty: all
             * @example [
             *       "invoice.paid"
             *     ]
             */
            wanted_events: string[];
            /**
             * Webhook Type
             * @example invoice.paid
             */
            webhook_type: string;
        };
        /** Node */
        Node: {
            /** Block Id */
            block_id: string;
            /**
             * Disabled
             * @default false
             */
            disabled: boolean;
            /** Id */
            id: string;
            /**
             * Input Default
             * @default {}
             */
            input_default: {
                [key: string]: unknown;
            };
            /**
             * @default {
             *       "position": {
             *         "x": 0,
             *         "y": 0
             *       }
             *     }
             */
            metadata: components["schemas"]["NodeMetadata"];
            /**
             * Pinned
             * @description Outputs used instead of running; never exported
             */
            pinned?: {
                [key: string]: unknown[];
            } | null;
            /**
             * @default {
             *       "on_error": "stop",
             *       "parallel": 10,
             *       "retry": {
             *         "backoff_s": 1,
             *         "kinds": [],
             *         "max_backoff_s": 60,
             *         "times": 0
             *       }
             *     }
             */
            policy: components["schemas"]["NodePolicy"];
        };
        /**
         * NodeCost
         * @description What a node has cost in a run, with the runs that it started.
         */
        NodeCost: {
            /**
             * Charges
             * @description How many charges it is the sum of
             * @example 3
             */
            charges: number;
            cost: components["schemas"]["Cost"];
            /** Node Id */
            node_id: string;
        };
        /**
         * NodeCosts
         * @description The nodes of a run that cost something; `total` is of all pages together.
         */
        NodeCosts: {
            /** Items */
            items: components["schemas"]["NodeCost"][];
            /**
             * Next Cursor
             * @description None after the last page
             */
            next_cursor?: string | null;
            total: components["schemas"]["Cost"];
        };
        /**
         * NodeError
         * @description The last failure of a node.
         */
        NodeError: {
            /** Code */
            code: string;
            /** Firing */
            firing: number;
            /**
             * Message
             * @description Its first 500 characters
             */
            message: string;
        };
        /** NodeInGraph */
        NodeInGraph: {
            /** Graph Id */
            graph_id: string;
            /** Node Id */
            node_id: string;
            /** Node Name */
            node_name: string;
        };
        /** NodeMetadata */
        NodeMetadata: {
            /** Customized Name */
            customized_name?: string | null;
            /**
             * @default {
             *       "x": 0,
             *       "y": 0
             *     }
             */
            position: components["schemas"]["Position"];
        } & {
            [key: string]: unknown;
        };
        /** NodePinsList */
        NodePinsList: {
            /**
             * Items
             * @description In the order of the nodes that were asked for
             */
            items: components["schemas"]["NodePinsView"][];
        };
        /**
         * NodePinsView
         * @description The pins of one node.
         */
        NodePinsView: {
            /**
             * Inputs
             * @description Empty when there is a problem
             */
            inputs: components["schemas"]["PinView"][];
            /** Outputs */
            outputs: components["schemas"]["PinView"][];
            /**
             * Problem
             * @description Why they cannot be told, and the cure; empty when they can
             * @default
             * @example
             */
            problem: string;
        };
        /**
         * NodePolicy
         * @description What happens around a node's firings (execution.md, Errors).
         */
        NodePolicy: {
            /**
             * On Error
             * @default stop
             * @enum {string}
             */
            on_error: "stop" | "continue";
            /**
             * Order
             * @description None: as the block says
             */
            order?: ("source" | "arrival") | null;
            /**
             * Parallel
             * @description Firings side by side
             * @default 10
             */
            parallel: number;
            /**
             * @default {
             *       "backoff_s": 1,
             *       "kinds": [],
             *       "max_backoff_s": 60,
             *       "times": 0
             *     }
             */
            retry: components["schemas"]["RetryPolicy"];
            /** Timeout S */
            timeout_s?: number | null;
        };
        /**
         * NodeProgress
         * @description One node of a run.
         */
        NodeProgress: {
            /** Block Id */
            block_id: string;
            /** Completed */
            completed: number;
            cost: components["schemas"]["Cost"];
            /**
             * Duration Ms
             * @description Of all firings that have ended, added up; waiting included
             */
            duration_ms: number;
            /**
             * Failed
             * @description Also those whose failure another node takes
             */
            failed: number;
            last_error: components["schemas"]["NodeError"] | null;
            /** Name */
            name: string;
            /** Node Id */
            node_id: string;
            /**
             * Retried
             * @description Attempts that failed and were made again
             */
            retried: number;
            /** Running */
            running: number;
            /**
             * Started
             * @description Firings; the four below are parts of them
             */
            started: number;
            status: components["schemas"]["NodeStatus"];
            /** Waiting */
            waiting: number;
        };
        /** NodesDiff */
        NodesDiff: {
            /** Added */
            added: components["schemas"]["Node"][];
            /**
             * Changed
             * @description Other than by their place on the canvas
             */
            changed: components["schemas"]["ElementChangeView"][];
            /**
             * Order
             * @description All ids as they stand now; None: nothing was reordered
             */
            order?: string[] | null;
            /** Removed */
            removed: components["schemas"]["Node"][];
        };
        /**
         * NodeStatus
         * @description `idle`: it has not fired. A node that has failed and goes on is `running`.
         * @enum {string}
         */
        NodeStatus: "idle" | "running" | "waiting" | "completed" | "failed" | "stopped";
        /**
         * NodesToSee
         * @example {
         *       "nodes": [
         *         {
         *           "block_id": "655d6fdf-a334-421c-b733-520549c07cd1",
         *           "input_default": {
         *             "options": [
         *               "small",
         *               "large"
         *             ]
         *           }
         *         }
         *       ]
         *     }
         */
        NodesToSee: {
            /** Nodes */
            nodes: components["schemas"]["NodeToSee"][];
        };
        /**
         * NodeToSee
         * @description Of a node, what decides which pins it has.
         */
        NodeToSee: {
            /** Block Id */
            block_id: string;
            /**
             * Input Default
             * @default {}
             */
            input_default: {
                [key: string]: unknown;
            };
        };
        /**
         * NodeWebhook
         * @description Which webhook a node of the draft listens to.
         */
        NodeWebhook: {
            /**
             * Webhook Id
             * @description One of yours; None: one of its own
             * @example null
             */
            webhook_id?: string | null;
        };
        /**
         * OAuthAddress
         * @description Where to send the browser, within ten minutes.
         */
        OAuthAddress: {
            /**
             * Url
             * @description At the provider
             * @example https://github.com/login/oauth/authorize?state=…
             */
            url: string;
        };
        /**
         * OAuthLogin
         * @description What is to be connected, and where the browser goes then.
         */
        OAuthLogin: {
            /**
             * Credential Id
             * @description Connect this one again; it keeps its id, so graphs go on. None: a new one
             * @example null
             */
            credential_id?: string | null;
            /**
             * Return To
             * @description A path of this server, to which the page at the end leads
             * @default /
             * @example /settings
             */
            return_to: string;
            /**
             * Scopes
             * @description What the provider is asked for. Empty: as before, else what its blocks usually need
             * @default []
             * @example [
             *       "repo",
             *       "read:user"
             *     ]
             */
            scopes: string[];
            /**
             * Title
             * @description Empty: the provider and the account
             * @default
             * @example Work
             */
            title: string;
        };
        /**
         * OneWebhook
         * @description A webhook on its own page.
         */
        OneWebhook: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Credential Id
             * @example null
             */
            credential_id: string | null;
            /**
             * Has Secret
             * @description Without one nothing is taken
             */
            has_secret: boolean;
            /** Id */
            id: string;
            /**
             * Is Automatic
             * @description Made through the provider's API; else a person pastes the address
             */
            is_automatic: boolean;
            /**
             * Is Kept
             * @description Whether it stays when no graph listens any more
             */
            is_kept: boolean;
            /** Last Delivery At */
            last_delivery_at: string | null;
            /**
             * Next Attempt At
             * @description When it is tried again
             * @example null
             */
            next_attempt_at: string | null;
            /**
             * Problem
             * @description Why no events come, and what to do; empty: nothing is wrong
             * @example
             */
            problem: string;
            /**
             * Provider
             * @example stripe
             */
            provider: string;
            /**
             * Registered Events
             * @description What the provider sends now
             * @example []
             */
            registered_events: string[];
            /**
             * Resource
             * @description For which thing at the provider; empty: it says so there
             * @example
             */
            resource: string;
            /**
             * Setup
             * @description What a person does at the provider; empty: nothing
             * @example Developers > Webhooks > Add
             */
            setup: string;
            /**
             * State
             * @description `pending`: it is being made at the provider; `failed`: see `problem`; `removing`: it is being taken away there
             * @example active
             * @enum {string}
             */
            state: "active" | "pending" | "failed" | "removing";
            /**
             * Test Url
             * @description Where test events go, while somebody listens
             * @example https://blockyard.example.com/api/integrations/stripe/webhooks/01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11/ingress?test=true
             */
            test_url: string;
            /** Title */
            title: string;
            /** Triggers */
            triggers: components["schemas"]["ListeningNode"][];
            /**
             * Updated At
             * Format: date-time
             */
            updated_at: string;
            /**
             * Url
             * @description Where the provider sends events
             * @example https://blockyard.example.com/api/integrations/stripe/webhooks/01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11/ingress
             */
            url: string;
            /**
             * Verification Token
             * @description What the provider has brought in its first request and wants to see again in its own settings; shown for an hour, to whoever may change the webhook
             * @example null
             */
            verification_token?: string | null;
            /**
             * Wanted Events
             * @description Empty: all
             * @example [
             *       "invoice.paid"
             *     ]
             */
            wanted_events: string[];
            /**
             * Webhook Type
             * @example invoice.paid
             */
            webhook_type: string;
        };
        /**
         * Outcome
         * @description What came of a time.
         * @enum {string}
         */
        Outcome: "started" | "skipped" | "waiting" | "failed";
        /**
         * Overlap
         * @description What happens when a time comes while a run of the schedule has not ended.
         * @enum {string}
         */
        Overlap: "skip" | "queue" | "allow";
        /** Page[ApiKeyView] */
        Page_ApiKeyView_: {
            /** Items */
            items: components["schemas"]["ApiKeyView"][];
            /**
             * Next Cursor
             * @description None after the last page
             */
            next_cursor?: string | null;
        };
        /** Page[AuditEntryView] */
        Page_AuditEntryView_: {
            /** Items */
            items: components["schemas"]["AuditEntryView"][];
            /**
             * Next Cursor
             * @description None after the last page
             */
            next_cursor?: string | null;
        };
        /** Page[BudgetView] */
        Page_BudgetView_: {
            /** Items */
            items: components["schemas"]["BudgetView"][];
            /**
             * Next Cursor
             * @description None after the last page
             */
            next_cursor?: string | null;
        };
        /** Page[ConnectionView] */
        Page_ConnectionView_: {
            /** Items */
            items: components["schemas"]["ConnectionView"][];
            /**
             * Next Cursor
             * @description None after the last page
             */
            next_cursor?: string | null;
        };
        /** Page[DeliveryRow] */
        Page_DeliveryRow_: {
            /** Items */
            items: components["schemas"]["DeliveryRow"][];
            /**
             * Next Cursor
             * @description None after the last page
             */
            next_cursor?: string | null;
        };
        /** Page[FileView] */
        Page_FileView_: {
            /** Items */
            items: components["schemas"]["FileView"][];
            /**
             * Next Cursor
             * @description None after the last page
             */
            next_cursor?: string | null;
        };
        /** Page[Folder] */
        Page_Folder_: {
            /** Items */
            items: components["schemas"]["Folder"][];
            /**
             * Next Cursor
             * @description None after the last page
             */
            next_cursor?: string | null;
        };
        /** Page[GraphRow] */
        Page_GraphRow_: {
            /** Items */
            items: components["schemas"]["GraphRow"][];
            /**
             * Next Cursor
             * @description None after the last page
             */
            next_cursor?: string | null;
        };
        /** Page[PersonView] */
        Page_PersonView_: {
            /** Items */
            items: components["schemas"]["PersonView"][];
            /**
             * Next Cursor
             * @description None after the last page
             */
            next_cursor?: string | null;
        };
        /** Page[PollView] */
        Page_PollView_: {
            /** Items */
            items: components["schemas"]["PollView"][];
            /**
             * Next Cursor
             * @description None after the last page
             */
            next_cursor?: string | null;
        };
        /** Page[ProviderView] */
        Page_ProviderView_: {
            /** Items */
            items: components["schemas"]["ProviderView"][];
            /**
             * Next Cursor
             * @description None after the last page
             */
            next_cursor?: string | null;
        };
        /** Page[ReviewView] */
        Page_ReviewView_: {
            /** Items */
            items: components["schemas"]["ReviewView"][];
            /**
             * Next Cursor
             * @description None after the last page
             */
            next_cursor?: string | null;
        };
        /** Page[RunRow] */
        Page_RunRow_: {
            /** Items */
            items: components["schemas"]["RunRow"][];
            /**
             * Next Cursor
             * @description None after the last page
             */
            next_cursor?: string | null;
        };
        /** Page[ScheduleView] */
        Page_ScheduleView_: {
            /** Items */
            items: components["schemas"]["ScheduleView"][];
            /**
             * Next Cursor
             * @description None after the last page
             */
            next_cursor?: string | null;
        };
        /** Page[SessionView] */
        Page_SessionView_: {
            /** Items */
            items: components["schemas"]["SessionView"][];
            /**
             * Next Cursor
             * @description None after the last page
             */
            next_cursor?: string | null;
        };
        /** Page[TemplateRow] */
        Page_TemplateRow_: {
            /** Items */
            items: components["schemas"]["TemplateRow"][];
            /**
             * Next Cursor
             * @description None after the last page
             */
            next_cursor?: string | null;
        };
        /** Page[VersionRow] */
        Page_VersionRow_: {
            /** Items */
            items: components["schemas"]["VersionRow"][];
            /**
             * Next Cursor
             * @description None after the last page
             */
            next_cursor?: string | null;
        };
        /** Page[WebhookView] */
        Page_WebhookView_: {
            /** Items */
            items: components["schemas"]["WebhookView"][];
            /**
             * Next Cursor
             * @description None after the last page
             */
            next_cursor?: string | null;
        };
        /**
         * PasswordChange
         * @description The password that one has, and the one that one wants.
         */
        PasswordChange: {
            /**
             * Current
             * @example correct horse battery
             */
            current: string;
            /**
             * New
             * @example correct horse battery
             */
            new: string;
        };
        /** PasswordMade */
        PasswordMade: {
            /**
             * Password
             * @description Shown this once
             */
            password: string;
            /** Sessions Ended */
            sessions_ended: number;
        };
        /**
         * PersonChange
         * @description What an owner may change; what is left out or null stays.
         */
        PersonChange: {
            /**
             * Is Active
             * @description False shuts them out, and keeps what is theirs
             */
            is_active?: boolean | null;
            /** Name */
            name?: string | null;
            /** Role */
            role?: ("owner" | "editor" | "viewer") | null;
        };
        /** PersonMade */
        PersonMade: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Email */
            email: string;
            /** Id */
            id: string;
            /**
             * Is Active
             * @description False: they are shut out
             */
            is_active: boolean;
            /** Name */
            name: string;
            /**
             * Password
             * @description The one that was made, shown this once; None when you chose it, or repeated the request
             */
            password: string | null;
            /**
             * Role
             * @description owner, editor or viewer
             */
            role: string;
        };
        /**
         * PersonView
         * @description A user as owners see them.
         */
        PersonView: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Email */
            email: string;
            /** Id */
            id: string;
            /**
             * Is Active
             * @description False: they are shut out
             */
            is_active: boolean;
            /** Name */
            name: string;
            /**
             * Role
             * @description owner, editor or viewer
             */
            role: string;
        };
        /**
         * PingResult
         * @description How a webhook was tried.
         */
        PingResult: {
            /**
             * By
             * @description `provider`: it was asked to send an event; `ourselves`: we have signed one and taken it in
             * @example provider
             * @enum {string}
             */
            by: "provider" | "ourselves";
            /**
             * Delivery Id
             * @description What came of ours
             * @example null
             */
            delivery_id: string | null;
            /**
             * Detail
             * @example GitHub was asked to send a ping.
             */
            detail: string;
        };
        /** PinView */
        PinView: {
            /**
             * Is Each
             * @description Each value is an item of its own
             * @default false
             */
            is_each: boolean;
            /**
             * Is Required
             * @default false
             */
            is_required: boolean;
            /** Name */
            name: string;
            /** Schema */
            schema: {
                [key: string]: unknown;
            };
        };
        /**
         * PollChecked
         * @description What came of asking.
         */
        PollChecked: {
            /**
             * Found
             * @description How many records the service has listed
             * @example 12
             */
            found: number;
            /**
             * Is First
             * @description It was asked for the first time: what is there counts as known, unless the node says otherwise
             */
            is_first: boolean;
            /**
             * Problem
             * @description What went wrong; empty: nothing
             * @example
             */
            problem: string;
            /**
             * Run Ids
             * @description The runs that the new ones have started
             */
            run_ids: string[];
        };
        /**
         * PollView
         * @description A trigger node that asks a service for news, and how it does.
         */
        PollView: {
            /** Block Id */
            block_id: string;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Emitted At
             * @description When it last found something new
             */
            emitted_at: string | null;
            /**
             * Failures
             * @description How often it has failed since it last went well; it asks less often meanwhile
             * @example 0
             */
            failures: number;
            /** Graph Id */
            graph_id: string;
            /** Graph Name */
            graph_name: string;
            /**
             * Graph Version
             * @description The published one, which its records start
             */
            graph_version: number;
            /** Id */
            id: string;
            /**
             * Interval S
             * @description How often it asks, in seconds
             * @example 300
             */
            interval_s: number;
            /**
             * Next At
             * Format: date-time
             */
            next_at: string;
            /** Node Id */
            node_id: string;
            /**
             * Polled At
             * @description When it asked last
             */
            polled_at: string | null;
            /**
             * Problem
             * @description What went wrong the last time; empty: nothing
             * @example
             */
            problem: string;
            /**
             * Updated At
             * Format: date-time
             */
            updated_at: string;
        };
        /** Position */
        Position: {
            /**
             * X
             * @default 0
             */
            x: number;
            /**
             * Y
             * @default 0
             */
            y: number;
        };
        /**
         * ProblemDetails
         * @description Every refusal (RFC 9457). Branch on `code`.
         */
        ProblemDetails: {
            /** Code */
            code: string;
            /** Detail */
            detail: string;
            /**
             * Errors
             * @default []
             */
            errors: components["schemas"]["ProblemView"][];
            /** Status */
            status: number;
            /** Title */
            title: string;
            /** Type */
            type: string;
        };
        /**
         * ProblemView
         * @description One thing that is wrong, where it is, and what to do about it.
         */
        ProblemView: {
            /**
             * Cure
             * @default
             */
            cure: string;
            /** Message */
            message: string;
            /** Node Id */
            node_id?: string | null;
            /** Path */
            path?: string | null;
            /** Pin */
            pin?: string | null;
        };
        /** ProviderBlock */
        ProviderBlock: {
            /** Id */
            id: string;
            /**
             * Kind
             * @example trigger
             */
            kind: string;
            /**
             * Name
             * @example ExampleTriggerBlock
             */
            name: string;
            /**
             * Title
             * @example Example Trigger
             */
            title: string;
        };
        /**
         * ProviderView
         * @description What is known of a provider.
         */
        ProviderView: {
            /** Blocks */
            blocks: components["schemas"]["ProviderBlock"][];
            /** Description */
            description: string;
            /**
             * Fields
             * @description The form, for the first kind that is not `oauth2`
             */
            fields: components["schemas"]["ConnectionField"][];
            /**
             * Has Test
             * @description Whether the service is asked before a connection is saved
             */
            has_test: boolean;
            /**
             * Help Url
             * @example https://example.com/help
             */
            help_url: string;
            /**
             * Is Available
             * @description Whether this installation's tier includes it
             */
            is_available: boolean;
            /**
             * Kinds
             * @description Of credentials; empty: it needs none
             * @example [
             *       "api_key"
             *     ]
             */
            kinds: string[];
            /**
             * Label
             * @example Example
             */
            label: string;
            /** @description None: nobody logs in there */
            login: components["schemas"]["LoginSupport"] | null;
            /**
             * Provider
             * @example example-provider
             */
            provider: string;
            /**
             * Quality
             * @description The highest level whose rules, and those of the levels before it, are all kept
             * @enum {string}
             */
            quality: "none" | "bronze" | "silver" | "gold" | "platinum";
            /**
             * Quality Rules
             * @description All rules, from bronze on; docs/quality-scale.md
             */
            quality_rules: components["schemas"]["QualityRule"][];
            /**
             * Tier
             * @enum {string}
             */
            tier: "free" | "paid" | "premium";
            /** @description None: its events are not taken */
            webhooks: components["schemas"]["WebhookSupport"] | null;
        };
        /** Published */
        Published: {
            /** Id */
            id: string;
            /** Published Version */
            published_version: number | null;
            /**
             * Triggers
             * @description What starts the graph from outside, and how it stands
             */
            triggers: components["schemas"]["TriggerView"][];
        };
        /**
         * PublishRequest
         * @description Which version is to be published; the draft, made a version first, without one.
         */
        PublishRequest: {
            /**
             * Name
             * @default
             */
            name: string;
            /** Version */
            version?: number | null;
        };
        /**
         * QualityRule
         * @description Where a provider stands with one rule of the quality scale.
         */
        QualityRule: {
            /**
             * Level
             * @enum {string}
             */
            level: "bronze" | "silver" | "gold" | "platinum";
            /**
             * Reason
             * @description Why it is exempt, or how a done one was seen
             * @example
             */
            reason: string;
            /**
             * Rule
             * @example sources
             */
            rule: string;
            /**
             * Standing
             * @enum {string}
             */
            standing: "done" | "todo" | "exempt";
            /**
             * What
             * @example Every call names the page of the documentation it follows
             */
            what: string;
        };
        /**
         * RenamedPart
         * @description What was brought up to date.
         */
        RenamedPart: {
            /**
             * After
             * @example input_$_0
             */
            after: string;
            /**
             * Before
             * @example input1
             */
            before: string;
            /** Graph Id */
            graph_id: string;
            /**
             * Kind
             * @example pin
             * @enum {string}
             */
            kind: "block" | "pin" | "value";
            /** Node Id */
            node_id: string;
            /** Node Name */
            node_name: string;
        };
        /** Replayed */
        Replayed: {
            /** Delivery Id */
            delivery_id: string;
            /**
             * Run Ids
             * @description Empty: nobody listens to this event now
             * @example [
             *       "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11"
             *     ]
             */
            run_ids: string[];
        };
        /**
         * Retry
         * @description How to try again.
         * @example {
         *       "wait": 30
         *     }
         */
        Retry: {
            /**
             * Version
             * @description Of the graph, when it was mended; else the same
             */
            version?: number | null;
            /**
             * Wait
             * @description As when a run is started
             * @default false
             */
            wait: boolean | number;
        };
        /**
         * RetryPolicy
         * @description How often a failed firing is tried again, and after how long.
         */
        RetryPolicy: {
            /**
             * Backoff S
             * @default 1
             */
            backoff_s: number;
            /**
             * Kinds
             * @description Error codes that are tried again; empty: every kind
             * @default []
             */
            kinds: string[];
            /**
             * Max Backoff S
             * @default 60
             */
            max_backoff_s: number;
            /**
             * Times
             * @default 0
             */
            times: number;
        };
        /**
         * ReviewStatus
         * @description `withdrawn`: the run ended before somebody answered.
         * @enum {string}
         */
        ReviewStatus: "open" | "approved" | "rejected" | "withdrawn";
        /**
         * ReviewView
         * @description What a run asks of a person.
         */
        ReviewView: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Data
             * @description What is to be looked at. In lists: long ones as `{"$preview": …, "size_bytes": …, "href": …}`; `href` has all of it. A value that looks so itself comes as `{"$value": …}`
             */
            data: unknown;
            /** Decided At */
            decided_at: string | null;
            /**
             * Decision
             * @description The data as it was decided; in lists as `data`
             * @example {
             *       "text": "Hi!"
             *     }
             */
            decision?: unknown;
            /** Firing */
            firing: number;
            /** Id */
            id: string;
            /** Is Editable */
            is_editable: boolean;
            /** Message */
            message: string;
            /** Name */
            name: string;
            /** Node Id */
            node_id: string;
            /** Run Id */
            run_id: string;
            status: components["schemas"]["ReviewStatus"];
        };
        /** RotatedSecret */
        RotatedSecret: {
            /**
             * Old Until
             * @description Until when the old one is taken; None: no longer
             */
            old_until: string | null;
            /**
             * Secret
             * @description Of a webhook that was just made: it is in this answer and nowhere else. None: there is none to be carried anywhere
             * @example whsec_made-once-and-shown-once
             */
            secret: string | null;
            /**
             * Setup
             * @description What a person does at the provider; empty: nothing
             * @example Developers > Webhooks > Add
             */
            setup: string;
        };
        /**
         * RunAccepted
         * @description The run is stored and will happen.
         */
        RunAccepted: {
            /** Run Id */
            run_id: string;
            status: components["schemas"]["RunStatus"];
        };
        /**
         * RunChange
         * @description What of a run may be changed afterwards.
         * @example {
         *       "labels": [
         *         "checked"
         *       ]
         *     }
         */
        RunChange: {
            /**
             * Labels
             * @description These and no others; blanks around them and repetitions are dropped
             */
            labels: string[];
        };
        /**
         * RunDetails
         * @description A run on its own page.
         */
        RunDetails: {
            /** @description What a block has answered to whoever waited */
            answer: components["schemas"]["CallerAnswer"] | null;
            /** Cancel Requested At */
            cancel_requested_at: string | null;
            /**
             * Child Runs
             * @description How many it has started; `GET /api/runs?parent_run_id=` lists them
             */
            child_runs: number;
            cost: components["schemas"]["Cost"];
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Duration Ms */
            duration_ms: number | null;
            /** Ended At */
            ended_at: string | null;
            /**
             * Error
             * @description The first one
             */
            error: string | null;
            /** Error Count */
            error_count: number;
            /**
             * Errors
             * @description The first 100
             */
            errors: components["schemas"]["RunError"][];
            /** From Node Id */
            from_node_id?: string | null;
            /**
             * From Run Id
             * @description The run whose results it has taken over
             */
            from_run_id?: string | null;
            /** Graph Id */
            graph_id: string;
            /**
             * Graph Name
             * @description As it is called now
             */
            graph_name?: string | null;
            /** Graph Version */
            graph_version: number;
            /**
             * Has More Outputs
             * @description Whether these are only the first; `…/nodes/{node}/outputs/output` has all
             */
            has_more_outputs: boolean;
            /**
             * Inputs
             * @description Input name -> value. Long ones as `{"$preview": …, "size_bytes": …, "href": …}`; `href` has all of it. A value that looks so itself comes as `{"$value": …}`
             */
            inputs: {
                [key: string]: unknown;
            };
            /**
             * Labels
             * @default []
             */
            labels: string[];
            /**
             * Leftovers
             * @description 1,000 at most
             */
            leftovers: components["schemas"]["Leftover"][];
            /**
             * Never Fired
             * @description 1,000 at most
             */
            never_fired: string[];
            /**
             * Options
             * @description How it was to be run, as far as it was said
             */
            options: {
                [key: string]: unknown;
            };
            /**
             * Outputs
             * @description Output name -> its values in order. Long ones as `{"$preview": …, "size_bytes": …, "href": …}`; `href` has all of it. A value that looks so itself comes as `{"$value": …}`
             */
            outputs: {
                [key: string]: unknown[];
            };
            /** Parent Firing */
            parent_firing?: number | null;
            /** Parent Node Id */
            parent_node_id?: string | null;
            /**
             * Parent Run Id
             * @description The run that started it, when no person or program did
             */
            parent_run_id: string | null;
            /**
             * Root Run Id
             * @description The run at the top, which is cancelled with all below it
             */
            root_run_id: string;
            /** Run Id */
            run_id: string;
            /** Started At */
            started_at: string | null;
            status: components["schemas"]["RunStatus"];
            /**
             * Wake At
             * @description When a waiting run goes on by itself
             */
            wake_at?: string | null;
        };
        /**
         * RunError
         * @description A failure: where, at which item, why, and where to look.
         */
        RunError: {
            /** Code */
            code: string;
            /** @description The request behind it, for the first 10 errors of a run */
            exchange?: components["schemas"]["HttpExchange"] | null;
            /** Firing */
            firing?: number | null;
            /**
             * Item
             * @default []
             */
            item: number[];
            /** Message */
            message: string;
            /** Node Id */
            node_id?: string | null;
            /** Node Name */
            node_name?: string | null;
        };
        /**
         * RunEvent
         * @description One event as watchers see it; `seq` counts from 1 in its run.
         */
        RunEvent: {
            /**
             * At
             * Format: date-time
             */
            at: string;
            /**
             * Data
             * @default {}
             */
            data: {
                [key: string]: unknown;
            };
            /** Firing */
            firing?: number | null;
            /** Kind */
            kind: string;
            /** Node Id */
            node_id?: string | null;
            /** Run Id */
            run_id: string;
            /** Seq */
            seq: number | null;
        };
        /**
         * RunEvents
         * @description A page of what is recorded.
         */
        RunEvents: {
            /**
             * Is End
             * @description Whether nothing more will come
             */
            is_end: boolean;
            /**
             * Items
             * @description Fewer than asked for when they are long. Long ones as `{"$preview": …, "size_bytes": …, "href": …}`; `href` has all of it. A value that looks so itself comes as `{"$value": …}`
             */
            items: components["schemas"]["RunEvent"][];
            /**
             * Next After
             * @description `after` of the next page
             */
            next_after: number;
        };
        /**
         * RunLabels
         * @description A run's labels as they are now.
         */
        RunLabels: {
            /** Labels */
            labels: string[];
            /** Run Id */
            run_id: string;
        };
        /**
         * RunLimits
         * @description Overrides of the settings' limits for one graph or run; None: as the settings say.
         */
        RunLimits: {
            /** Max Active S */
            max_active_s?: number | null;
            /**
             * Max Cost Usd Micros
             * @description What a run may cost; None: no limit of its own
             */
            max_cost_usd_micros?: number | null;
            /** Max Firings */
            max_firings?: number | null;
            /** Max Waiting Values */
            max_waiting_values?: number | null;
        };
        /**
         * RunNodes
         * @description All nodes of the graph version that the run executes, in its order.
         */
        RunNodes: {
            /**
             * After
             * @description The number of the last event that is in it: follow the run from there
             */
            after: number;
            /** Items */
            items: components["schemas"]["NodeProgress"][];
            /** Run Id */
            run_id: string;
        };
        /**
         * RunRequest
         * @description What to run a graph with.
         */
        RunRequest: {
            /**
             * Budget
             * @description Micro-USD that the run and the runs below it may cost; None: as the graph says
             * @default null
             */
            budget: number | null;
            /**
             * Edits
             * @description node id -> input pin -> the value it takes instead of what comes
             * @default {}
             */
            edits: {
                [key: string]: {
                    [key: string]: unknown;
                };
            };
            /**
             * From Node
             * @description With `from_run`: run from this node on
             * @default null
             */
            from_node: string | null;
            /**
             * From Run
             * @description Take over the results of this ended run of the same graph, and run only what failed in it, what it did not come to, and what follows from those
             * @default null
             */
            from_run: string | null;
            /**
             * Inputs
             * @description Input name -> value
             * @default {}
             */
            inputs: {
                [key: string]: unknown;
            };
            /**
             * Labels
             * @description By which runs can be found
             * @default []
             */
            labels: string[];
            /**
             * @default {
             *       "max_active_s": null,
             *       "max_cost_usd_micros": null,
             *       "max_firings": null,
             *       "max_waiting_values": null
             *     }
             */
            limits: components["schemas"]["RunLimits"];
            /**
             * Pins
             * @description node id -> output pin -> values used instead of running the node
             * @default {}
             */
            pins: {
                [key: string]: {
                    [key: string]: unknown[];
                };
            };
            /**
             * Safe Mode
             * @description False: reviews approve themselves
             * @default true
             */
            safe_mode: boolean;
            /**
             * Trigger Node
             * @description The trigger that starts the run; the inputs go to it, other triggers stay quiet
             * @default null
             */
            trigger_node: string | null;
            /**
             * Until Node
             * @description Run up to and including this node
             * @default null
             */
            until_node: string | null;
            /**
             * Version
             * @description The newest without it, with `from_run` the one of that run; `draft` stores the draft as a version and runs that
             * @default null
             */
            version: number | "draft" | null;
            /**
             * Wait
             * @description Answer when the run has ended: true, or for how many seconds at most; then 202
             * @default false
             */
            wait: boolean | number;
        };
        /**
         * RunResult
         * @description What a run came to.
         */
        RunResult: {
            /** @description What a block has answered; a run that does so answers `wait` at once, and may go on */
            answer?: components["schemas"]["CallerAnswer"] | null;
            cost: components["schemas"]["Cost"];
            /**
             * Duration Ms
             * @description From accepted to the final state on disk, or to the answer
             */
            duration_ms: number;
            /** Errors */
            errors: components["schemas"]["RunError"][];
            /** Leftovers */
            leftovers: components["schemas"]["Leftover"][];
            /**
             * Never Fired
             * @description Nodes that could have fired and never did
             */
            never_fired: string[];
            /**
             * Outputs
             * @description Output name -> its values in order. Long ones as `{"$preview": …, "size_bytes": …, "href": …}`; `href` has all of it. A value that looks so itself comes as `{"$value": …}`
             */
            outputs: {
                [key: string]: unknown[];
            };
            /** Run Id */
            run_id: string;
            status: components["schemas"]["RunStatus"];
        };
        /**
         * RunRow
         * @description A run in a list.
         */
        RunRow: {
            cost: components["schemas"]["Cost"];
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Duration Ms */
            duration_ms: number | null;
            /** Ended At */
            ended_at: string | null;
            /**
             * Error
             * @description The first one
             */
            error: string | null;
            /** From Node Id */
            from_node_id?: string | null;
            /**
             * From Run Id
             * @description The run whose results it has taken over
             */
            from_run_id?: string | null;
            /** Graph Id */
            graph_id: string;
            /**
             * Graph Name
             * @description As it is called now
             */
            graph_name?: string | null;
            /** Graph Version */
            graph_version: number;
            /**
             * Labels
             * @default []
             */
            labels: string[];
            /** Parent Firing */
            parent_firing?: number | null;
            /** Parent Node Id */
            parent_node_id?: string | null;
            /**
             * Parent Run Id
             * @description The run that started it, when no person or program did
             */
            parent_run_id: string | null;
            /** Run Id */
            run_id: string;
            /** Started At */
            started_at: string | null;
            status: components["schemas"]["RunStatus"];
            /**
             * Wake At
             * @description When a waiting run goes on by itself
             */
            wake_at?: string | null;
        };
        /**
         * RunStatus
         * @enum {string}
         */
        RunStatus: "queued" | "running" | "waiting" | "completed" | "completed_with_errors" | "failed" | "cancelled";
        /**
         * ScheduleBody
         * @description A schedule of a graph. Its published version is run.
         */
        ScheduleBody: {
            /**
             * Cron
             * @description Minute, hour, day of the month, month, day of the week; or `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`
             * @example 30 9 * * MON-FRI
             */
            cron: string;
            /** Graph Id */
            graph_id: string;
            /**
             * Inputs
             * @description What the runs get: input name -> value
             * @default {}
             */
            inputs: {
                [key: string]: unknown;
            };
            /**
             * Is Active
             * @description False: it starts nothing
             * @default true
             */
            is_active: boolean;
            /**
             * Name
             * @description What people call it; empty: its graph's name
             * @default
             * @example Every morning
             */
            name: string;
            /**
             * @description What happens when a time comes while a run of the schedule goes on: `skip` it, `queue` one run for when that has ended, or `allow` both
             * @default skip
             * @example skip
             */
            overlap: components["schemas"]["Overlap"];
            /**
             * Timezone
             * @description By its IANA name
             * @default UTC
             * @example Europe/Berlin
             */
            timezone: string;
        };
        /**
         * ScheduleBrief
         * @description When a graph runs by the clock.
         */
        ScheduleBrief: {
            /**
             * Cron
             * @example 0 9 * * 1-5
             */
            cron: string;
            /** Id */
            id: string;
            /** Is Active */
            is_active: boolean;
            /** Name */
            name: string;
            /** Next At */
            next_at: string | null;
            /**
             * Problem
             * @example
             */
            problem: string;
            /**
             * Timezone
             * @example Europe/Berlin
             */
            timezone: string;
        };
        /**
         * ScheduleChange
         * @description What is to be another way; the rest stays.
         */
        ScheduleChange: {
            /** Cron */
            cron?: string | null;
            /** Inputs */
            inputs?: {
                [key: string]: unknown;
            } | null;
            /** Is Active */
            is_active?: boolean | null;
            /** Name */
            name?: string | null;
            overlap?: components["schemas"]["Overlap"] | null;
            /** Timezone */
            timezone?: string | null;
        };
        /**
         * ScheduleView
         * @description A schedule and how it does.
         */
        ScheduleView: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Cron
             * @description As five fields
             * @example 30 9 * * MON-FRI
             */
            cron: string;
            /**
             * Description
             * @description In words; empty where words would mislead
             * @example At 09:30 on Monday through Friday
             */
            description: string;
            /** Graph Id */
            graph_id: string;
            /** Graph Name */
            graph_name: string;
            /** Id */
            id: string;
            /** Inputs */
            inputs: {
                [key: string]: unknown;
            };
            /** Is Active */
            is_active: boolean;
            /**
             * Is Waiting
             * @description A time has come, and its run starts when the last one has ended
             */
            is_waiting: boolean;
            /**
             * Last At
             * @description The last time that came
             */
            last_at: string | null;
            /**
             * @description What came of it
             * @example started
             */
            last_outcome: components["schemas"]["Outcome"] | null;
            /**
             * Last Run Id
             * @description The last run that it started
             */
            last_run_id: string | null;
            /**
             * Missed
             * @description Times since it was made that started nothing: nobody was there, a run went on, or it failed
             * @example 0
             */
            missed: number;
            /**
             * Name
             * @example Every morning
             */
            name: string;
            /**
             * Next Times
             * @description The next five in UTC, fewer where there are no more
             * @example [
             *       "2026-01-30T08:30:00Z"
             *     ]
             */
            next_times: string[];
            overlap: components["schemas"]["Overlap"];
            /**
             * Problem
             * @description Why it starts nothing; empty: it does
             * @example
             */
            problem: string;
            /**
             * Timezone
             * @description As IANA writes it
             * @example Europe/Berlin
             */
            timezone: string;
            /**
             * Updated At
             * Format: date-time
             */
            updated_at: string;
        };
        /**
         * Scope
         * @description What an API key may be allowed to do.
         * @enum {string}
         */
        Scope: "graphs:read" | "graphs:write" | "runs:read" | "runs:write" | "reviews:write" | "files:read" | "files:write" | "costs:read" | "budgets:write" | "credentials:read" | "credentials:write" | "triggers:read" | "triggers:write" | "admin";
        /**
         * SecretRotation
         * @description Another secret for a webhook.
         */
        SecretRotation: {
            /**
             * Keep Old S
             * @description So many seconds deliveries that are signed with the old one are taken too
             * @default 0
             * @example 3600
             */
            keep_old_s: number;
            /**
             * Secret
             * @description The one that the provider has made; None: we make one
             * @example null
             */
            secret?: string | null;
        };
        /**
         * ServerSentEvent
         * @description One event of a stream; what is named `end` is the last, comments say that it lives.
         */
        ServerSentEvent: {
            data: string;
            /** @description `message` or `end` */
            event?: string;
            /** @description To go on behind it: send it as `Last-Event-ID` */
            id?: string;
        };
        /**
         * SessionView
         * @description A browser that is logged in.
         */
        SessionView: {
            /**
             * Address
             * @description Where it was opened from; empty when that is no longer known
             */
            address: string;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Expires At
             * Format: date-time
             */
            expires_at: string;
            /** Id */
            id: string;
            /**
             * Is Current
             * @description Whether it is the one that asks
             */
            is_current: boolean;
        };
        /**
         * Setup
         * @description Who is to own this installation.
         */
        Setup: {
            /**
             * Email
             * @example ada@example.com
             */
            email: string;
            /**
             * Name
             * @description Empty: what stands before the @
             * @default
             * @example Ada Lovelace
             */
            name: string;
            /**
             * Password
             * @example correct horse battery
             */
            password: string;
            /**
             * Token
             * @description Printed by `blockyard serve`
             */
            token: string;
        };
        /** SetupState */
        SetupState: {
            /**
             * Is Open
             * @description Whether this installation waits for its owner
             */
            is_open: boolean;
        };
        /**
         * Status
         * @description What is running.
         */
        Status: {
            /** Blocks */
            blocks: number;
            /**
             * Database
             * @description embedded or external
             */
            database: string;
            /** Graph Names */
            graph_names: {
                [key: string]: string;
            };
            /** Last Runs */
            last_runs: components["schemas"]["RunRow"][];
            /** Open Reviews */
            open_reviews: number;
            /**
             * Queue
             * @description Runs that nobody has taken
             */
            queue: number;
            /**
             * Runs
             * @description Status -> how many of yours; of everybody for an owner
             */
            runs: {
                [key: string]: number;
            };
            /** Uptime S */
            uptime_s: number;
            /** Version */
            version: string;
            /**
             * Workers
             * @description Alive, in all processes
             */
            workers: number;
        };
        /**
         * TakenInput
         * @description What came on one pin.
         */
        TakenInput: {
            /** Count */
            count: number;
            /**
             * Is List
             * @description Whether the pin collects
             */
            is_list: boolean;
            /**
             * Values
             * @description The first 100
             */
            values: components["schemas"]["TakenValue"][];
        };
        /**
         * TakenValue
         * @description A value, and where it came from.
         */
        TakenValue: {
            /** Firing */
            firing: number;
            /**
             * Index
             * @description The item that it opened
             */
            index?: number | null;
            /** Node Id */
            node_id: string;
            /** Pin */
            pin: string;
            /**
             * Seq
             * @description `GET …/values/{seq}` has all of it
             */
            seq: number;
            /**
             * Value
             * @description Long ones as `{"$preview": …, "size_bytes": …, "href": …}`; `href` has all of it. A value that looks so itself comes as `{"$value": …}`
             */
            value: unknown;
        };
        /**
         * TemplateRequest
         * @description What the new graph is called and where it goes.
         */
        TemplateRequest: {
            /**
             * Folder
             * @default
             */
            folder: string;
            /**
             * Name
             * @description None: as the template
             */
            name?: string | null;
        };
        /** TemplateRow */
        TemplateRow: {
            /** Description */
            description: string;
            /**
             * Name
             * @description By which it is asked for
             */
            name: string;
            /**
             * Nodes
             * @description How many
             */
            nodes: number;
            /**
             * Tags
             * @example [
             *       "text"
             *     ]
             */
            tags: string[];
            /** Title */
            title: string;
        };
        /** TemplateView */
        TemplateView: {
            /** Description */
            description: string;
            graph: components["schemas"]["Graph"];
            /**
             * Name
             * @description By which it is asked for
             */
            name: string;
            /**
             * Nodes
             * @description How many
             */
            nodes: number;
            /**
             * Tags
             * @example [
             *       "text"
             *     ]
             */
            tags: string[];
            /** Title */
            title: string;
        };
        /**
         * TestEvent
         * @description What came while somebody listened.
         */
        TestEvent: {
            /** Delivery Id */
            delivery_id: string;
            /**
             * Payload
             * @example {
             *       "type": "invoice.paid"
             *     }
             */
            payload: unknown;
            /**
             * Run Id
             * @description The run of the draft that it has started
             */
            run_id: string;
        };
        /**
         * TriggerView
         * @description A node that something from outside starts.
         */
        TriggerView: {
            /** Block Id */
            block_id: string;
            /**
             * Events
             * @description Empty: all
             * @example [
             *       "invoice.paid"
             *     ]
             */
            events: string[];
            /** In Draft */
            in_draft: boolean;
            /** In Published */
            in_published: boolean;
            /**
             * Is Automatic
             * @default false
             */
            is_automatic: boolean;
            /**
             * Is Live
             * @description Whether it starts the published graph
             */
            is_live: boolean;
            /**
             * Kind
             * @example webhook
             * @enum {string}
             */
            kind: "webhook" | "poll";
            /**
             * Label
             * @description What people call it
             * @example Invoice paid
             */
            label: string;
            /** Last Delivery At */
            last_delivery_at?: string | null;
            /**
             * Next Poll At
             * @example null
             */
            next_poll_at?: string | null;
            /** Node Id */
            node_id: string;
            /**
             * Problem
             * @description Why no events come, and what to do; empty: nothing is wrong
             * @example
             */
            problem: string;
            /**
             * Provider
             * @description Empty: a poll
             * @example stripe
             */
            provider: string;
            /**
             * Secret
             * @description Of a webhook that was just made
             * @example null
             */
            secret?: string | null;
            /**
             * Setup
             * @description What a person does at the provider; empty: nothing
             * @example Developers > Webhooks > Add
             */
            setup: string;
            /**
             * State
             * @description Of its webhook; `none`: it has none before the graph is published
             * @example active
             */
            state: ("active" | "pending" | "failed" | "removing") | "none";
            /**
             * Test Url
             * @example https://blockyard.example.com/api/integrations/stripe/webhooks/01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11/ingress?test=true
             */
            test_url?: string | null;
            /**
             * Url
             * @example https://blockyard.example.com/api/integrations/stripe/webhooks/01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11/ingress
             */
            url?: string | null;
            /** Webhook Id */
            webhook_id?: string | null;
        };
        /**
         * TypicalNode
         * @description What a block usually takes.
         */
        TypicalNode: {
            /** @description Of a run; the median */
            cost: components["schemas"]["Cost"];
            /**
             * Duration Ms
             * @description Of all its firings in a run, waiting included; the median
             */
            duration_ms: number;
            /** Node Id */
            node_id: string;
            /**
             * Runs
             * @description In how many runs it completed
             * @example 20
             */
            runs: number;
        };
        /**
         * TypicalNodes
         * @description Those that completed in one of the last runs; some may be gone from the graph since.
         */
        TypicalNodes: {
            /** Items */
            items: components["schemas"]["TypicalNode"][];
        };
        /** UserView */
        UserView: {
            /** Email */
            email: string;
            /** Id */
            id: string;
            /** Name */
            name: string;
            /**
             * Role
             * @description owner, editor or viewer
             */
            role: string;
        };
        /**
         * UsesView
         * @description What names a credential.
         */
        UsesView: {
            /** Graphs */
            graphs: components["schemas"]["GraphUseView"][];
            /** Webhooks */
            webhooks: components["schemas"]["WebhookUseView"][];
        };
        /**
         * Values
         * @description A page of what a node gave on a pin.
         */
        Values: {
            /** Items */
            items: components["schemas"]["GivenValue"][];
            /**
             * Next After
             * @description `after` of the next page; null after the last one there is now
             */
            next_after: number | null;
        };
        /**
         * VersionRename
         * @description Another name for a version; empty: none.
         */
        VersionRename: {
            /** Name */
            name: string;
        };
        /**
         * VersionRequest
         * @description What the version is called.
         */
        VersionRequest: {
            /**
             * Name
             * @default
             */
            name: string;
        };
        /** VersionRow */
        VersionRow: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Created By
             * @description A user's id
             * @example null
             */
            created_by: string | null;
            /**
             * Created By Name
             * @example Ada
             */
            created_by_name: string | null;
            /** Is Published */
            is_published: boolean;
            /**
             * Links
             * @description How many
             */
            links: number;
            /**
             * Name
             * @description Empty: it has none
             */
            name: string;
            /**
             * Nodes
             * @description How many
             */
            nodes: number;
            /** Version */
            version: number;
        };
        /**
         * Waits
         * @description What a firing waits for.
         */
        Waits: {
            /** Child Run Id */
            child_run_id: string | null;
            /**
             * Kind
             * @description time, person or graph
             */
            kind: string;
            /** Review Id */
            review_id: string | null;
            /** Until */
            until: string | null;
        };
        /**
         * WantedCredential
         * @description A credential that has to be chosen again.
         */
        WantedCredential: {
            /** Graph Id */
            graph_id: string;
            /** Node Id */
            node_id: string;
            /** Node Name */
            node_name: string;
            /**
             * Pin
             * @example credentials
             */
            pin: string;
            /**
             * Provider
             * @description None: one of `providers`
             * @example github
             */
            provider: string | null;
            /**
             * Providers
             * @description Empty: the file does not say
             * @example [
             *       "github"
             *     ]
             */
            providers: string[];
            /**
             * Types
             * @example [
             *       "api_key",
             *       "oauth2"
             *     ]
             */
            types: string[];
        };
        /**
         * WebhookChange
         * @description What is to change; what is not named stays.
         */
        WebhookChange: {
            /**
             * Is Kept
             * @default false
             */
            is_kept: boolean;
            /**
             * Title
             * @default
             * @example Shop
             */
            title: string;
        };
        /**
         * WebhookRequest
         * @description A webhook to be made by hand; it stays until it is deleted.
         */
        WebhookRequest: {
            /**
             * Secret
             * @description The one that the provider has made; without it ours is made, where the provider takes one
             * @example null
             */
            secret?: string | null;
            /**
             * Title
             * @default
             * @example Shop
             */
            title: string;
        };
        /**
         * WebhookSupport
         * @description How the provider's events come in.
         */
        WebhookSupport: {
            /**
             * Events
             * @description Those that are known; empty: whatever the sender says
             * @example [
             *       "example_event"
             *     ]
             */
            events: string[];
            /**
             * Ignored Events
             * @description Sent unasked, and they start nothing
             * @example []
             */
            ignored_events: string[];
            /**
             * Is Automatic
             * @description Registered through the provider's API; else a person pastes the address
             */
            is_automatic: boolean;
            /**
             * Secret From
             * @description Who makes the secret: us, provider, introduction
             * @example us
             */
            secret_from: string;
            /**
             * Setup
             * @description What a person does at the provider
             * @example Paste address and secret
             */
            setup: string;
        };
        /** WebhookUseView */
        WebhookUseView: {
            /**
             * Provider
             * @example github
             */
            provider: string;
            /**
             * Resource
             * @example ada/engine
             */
            resource: string;
            /** Webhook Id */
            webhook_id: string;
        };
        /** WebhookView */
        WebhookView: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Credential Id
             * @example null
             */
            credential_id: string | null;
            /**
             * Has Secret
             * @description Without one nothing is taken
             */
            has_secret: boolean;
            /** Id */
            id: string;
            /**
             * Is Automatic
             * @description Made through the provider's API; else a person pastes the address
             */
            is_automatic: boolean;
            /**
             * Is Kept
             * @description Whether it stays when no graph listens any more
             */
            is_kept: boolean;
            /** Last Delivery At */
            last_delivery_at: string | null;
            /**
             * Next Attempt At
             * @description When it is tried again
             * @example null
             */
            next_attempt_at: string | null;
            /**
             * Problem
             * @description Why no events come, and what to do; empty: nothing is wrong
             * @example
             */
            problem: string;
            /**
             * Provider
             * @example stripe
             */
            provider: string;
            /**
             * Registered Events
             * @description What the provider sends now
             * @example []
             */
            registered_events: string[];
            /**
             * Resource
             * @description For which thing at the provider; empty: it says so there
             * @example
             */
            resource: string;
            /**
             * Setup
             * @description What a person does at the provider; empty: nothing
             * @example Developers > Webhooks > Add
             */
            setup: string;
            /**
             * State
             * @description `pending`: it is being made at the provider; `failed`: see `problem`; `removing`: it is being taken away there
             * @example active
             * @enum {string}
             */
            state: "active" | "pending" | "failed" | "removing";
            /**
             * Test Url
             * @description Where test events go, while somebody listens
             * @example https://blockyard.example.com/api/integrations/stripe/webhooks/01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11/ingress?test=true
             */
            test_url: string;
            /** Title */
            title: string;
            /** Triggers */
            triggers: components["schemas"]["ListeningNode"][];
            /**
             * Updated At
             * Format: date-time
             */
            updated_at: string;
            /**
             * Url
             * @description Where the provider sends events
             * @example https://blockyard.example.com/api/integrations/stripe/webhooks/01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11/ingress
             */
            url: string;
            /**
             * Wanted Events
             * @description Empty: all
             * @example [
             *       "invoice.paid"
             *     ]
             */
            wanted_events: string[];
            /**
             * Webhook Type
             * @example invoice.paid
             */
            webhook_type: string;
        };
        /** Wizard */
        Wizard: {
            /**
             * Is Done
             * @description Nothing is open that is not optional
             */
            is_done: boolean;
            /**
             * Next Step
             * @description The key of the first open step; None: all are done
             * @example graph
             */
            next_step: string | null;
            /** Steps */
            steps: components["schemas"]["WizardStep"][];
        };
        /**
         * WizardStep
         * @description One step of the first run.
         */
        WizardStep: {
            /**
             * Help
             * @description What it is for, or how it is done
             * @example Begin with a template, or with nothing.
             */
            help: string;
            /**
             * Href
             * @description Where in the front end; empty: in the settings of the installation
             * @example /graphs/new
             */
            href: string;
            /** Is Done */
            is_done: boolean;
            /** Is Optional */
            is_optional: boolean;
            /**
             * Key
             * @example graph
             */
            key: string;
            /**
             * Title
             * @example Make a graph
             */
            title: string;
        };
    };
    responses: {
        /** @description The database is away, or this process ends; try again */
        Away: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "bad_input",
                 *       "detail": "inputs.name: The input 'name' is missing. Give it a value.",
                 *       "errors": [
                 *         {
                 *           "cure": "Give it a value.",
                 *           "message": "The input 'name' is missing.",
                 *           "node_id": "out",
                 *           "path": "inputs.name",
                 *           "pin": "value"
                 *         }
                 *       ],
                 *       "status": 400,
                 *       "title": "Bad Request",
                 *       "type": "urn:blockyard:error:bad_input"
                 *     }
                 */
                "application/problem+json": components["schemas"]["ProblemDetails"];
            };
        };
        /** @description Refused: what is wrong, and the cure */
        Refused: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "bad_input",
                 *       "detail": "inputs.name: The input 'name' is missing. Give it a value.",
                 *       "errors": [
                 *         {
                 *           "cure": "Give it a value.",
                 *           "message": "The input 'name' is missing.",
                 *           "node_id": "out",
                 *           "path": "inputs.name",
                 *           "pin": "value"
                 *         }
                 *       ],
                 *       "status": 400,
                 *       "title": "Bad Request",
                 *       "type": "urn:blockyard:error:bad_input"
                 *     }
                 */
                "application/problem+json": components["schemas"]["ProblemDetails"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    list_keys: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before */
                cursor?: string | null;
                /** @description How many at most */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "created_at": "2026-01-31T12:00:00Z",
                     *           "expires_at": "2026-01-31T12:00:00Z",
                     *           "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "last_used_at": "2026-01-31T12:00:00Z",
                     *           "name": "nightly import",
                     *           "scopes": [
                     *             "graphs:read",
                     *             "runs:write"
                     *           ]
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["Page_ApiKeyView_"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    make_key: {
        parameters: {
            query?: never;
            header?: {
                /** @description A repeated request with the same key makes nothing new */
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "expires_at": null,
                 *       "name": "nightly import",
                 *       "scopes": [
                 *         "graphs:read"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["ApiKeyRequest"];
            };
        };
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "created_at": "2026-01-31T12:00:00Z",
                     *       "expires_at": "2026-01-31T12:00:00Z",
                     *       "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "key": "by_pZ0mT6b6b0uYk3o2l9mXo1Qn5w7vJ4c8s2dR1fE0gHh",
                     *       "last_used_at": "2026-01-31T12:00:00Z",
                     *       "name": "nightly import",
                     *       "scopes": [
                     *         "graphs:read",
                     *         "runs:write"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["NewApiKey"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    delete_key: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                key_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            503: components["responses"]["Away"];
        };
    };
    read_audit: {
        parameters: {
            query?: {
                /** @description What the action begins with, as `user.` */
                action?: string;
                /** @description From this moment on */
                after?: string | null;
                /** @description Until just before this moment */
                before?: string | null;
                /** @description `next_cursor` of the page before */
                cursor?: string | null;
                /** @description How many at most */
                limit?: number;
                /** @description To what it was done */
                target_id?: string | null;
                /** @description Who did it */
                user_id?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "action": "user.create",
                     *           "address": "192.0.2.7",
                     *           "at": "2026-01-31T12:00:00Z",
                     *           "detail": {},
                     *           "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "target_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "target_kind": "user",
                     *           "user_email": "ada@example.com",
                     *           "user_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11"
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["Page_AuditEntryView_"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    read_activity: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before */
                cursor?: string | null;
                /** @description How many at most */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "action": "user.create",
                     *           "address": "192.0.2.7",
                     *           "at": "2026-01-31T12:00:00Z",
                     *           "detail": {},
                     *           "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "target_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "target_kind": "user",
                     *           "user_email": "ada@example.com",
                     *           "user_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11"
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["Page_AuditEntryView_"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    log_in: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.com",
                 *       "password": "correct horse battery"
                 *     }
                 */
                "application/json": components["schemas"]["Login"];
            };
        };
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "email": "ada@example.com",
                     *       "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "name": "Greeting",
                     *       "role": "editor"
                     *     }
                     */
                    "application/json": components["schemas"]["UserView"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    log_out: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            503: components["responses"]["Away"];
        };
    };
    me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "email": "ada@example.com",
                     *       "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "name": "Greeting",
                     *       "role": "editor",
                     *       "scopes": [
                     *         "graphs:read"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Me"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    change_me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Ada Lovelace"
                 *     }
                 */
                "application/json": components["schemas"]["MeChange"];
            };
        };
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "email": "ada@example.com",
                     *       "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "name": "Greeting",
                     *       "role": "editor",
                     *       "scopes": [
                     *         "graphs:read"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Me"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    change_password: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "current": "correct horse battery",
                 *       "new": "correct horse battery"
                 *     }
                 */
                "application/json": components["schemas"]["PasswordChange"];
            };
        };
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "email": "ada@example.com",
                     *       "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "name": "Greeting",
                     *       "role": "editor"
                     *     }
                     */
                    "application/json": components["schemas"]["UserView"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    read_sessions: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before */
                cursor?: string | null;
                /** @description How many at most */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "address": "192.0.2.7",
                     *           "created_at": "2026-01-31T12:00:00Z",
                     *           "expires_at": "2026-01-31T12:00:00Z",
                     *           "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "is_current": true
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["Page_SessionView_"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    end_session: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            503: components["responses"]["Away"];
        };
    };
    list_blocks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "categories": [
                     *             "logic"
                     *           ],
                     *           "costs": [
                     *             {
                     *               "amount": 10000,
                     *               "cost_type": "run"
                     *             }
                     *           ],
                     *           "credentials": [
                     *             {
                     *               "description": "Greets whoever is named",
                     *               "discriminator": "model",
                     *               "discriminator_mapping": {
                     *                 "gpt-5-mini": "openai"
                     *               },
                     *               "is_required": true,
                     *               "kinds": [
                     *                 "api_key",
                     *                 "oauth2"
                     *               ],
                     *               "name": "Greeting",
                     *               "providers": [
                     *                 "github"
                     *               ],
                     *               "scopes": [
                     *                 "repo"
                     *               ]
                     *             }
                     *           ],
                     *           "description": "Calculates with two numbers.",
                     *           "differences": [
                     *             "A division by zero fails; there it gives infinity."
                     *           ],
                     *           "execution": "async",
                     *           "has_dynamic_pins": true,
                     *           "icon": "calculator",
                     *           "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "inputs": [
                     *             {
                     *               "is_each": false,
                     *               "is_required": true,
                     *               "name": "a",
                     *               "schema": {
                     *                 "type": "number"
                     *               }
                     *             }
                     *           ],
                     *           "is_at_most_once": true,
                     *           "is_collecting": true,
                     *           "is_pure": true,
                     *           "is_static_output": true,
                     *           "kind": "standard",
                     *           "name": "CalculatorBlock",
                     *           "order": "source",
                     *           "outputs": [
                     *             {
                     *               "is_each": false,
                     *               "is_required": false,
                     *               "name": "result",
                     *               "schema": {
                     *                 "type": "number"
                     *               }
                     *             }
                     *           ],
                     *           "provider": "github",
                     *           "quality": "gold",
                     *           "title": "Calculator"
                     *         }
                     *       ],
                     *       "next_cursor": null,
                     *       "revision": null
                     *     }
                     */
                    "application/json": components["schemas"]["BlockList"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    read_block: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                block_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "categories": [
                     *         "logic"
                     *       ],
                     *       "costs": [
                     *         {
                     *           "amount": 10000,
                     *           "cost_type": "run"
                     *         }
                     *       ],
                     *       "credentials": [
                     *         {
                     *           "description": "Greets whoever is named",
                     *           "discriminator": "model",
                     *           "discriminator_mapping": {
                     *             "gpt-5-mini": "openai"
                     *           },
                     *           "is_required": true,
                     *           "kinds": [
                     *             "api_key",
                     *             "oauth2"
                     *           ],
                     *           "name": "Greeting",
                     *           "providers": [
                     *             "github"
                     *           ],
                     *           "scopes": [
                     *             "repo"
                     *           ]
                     *         }
                     *       ],
                     *       "description": "Calculates with two numbers.",
                     *       "differences": [
                     *         "A division by zero fails; there it gives infinity."
                     *       ],
                     *       "execution": "async",
                     *       "has_dynamic_pins": true,
                     *       "icon": "calculator",
                     *       "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "inputs": [
                     *         {
                     *           "is_each": false,
                     *           "is_required": true,
                     *           "name": "a",
                     *           "schema": {
                     *             "type": "number"
                     *           }
                     *         }
                     *       ],
                     *       "is_at_most_once": true,
                     *       "is_collecting": true,
                     *       "is_pure": true,
                     *       "is_static_output": true,
                     *       "kind": "standard",
                     *       "name": "CalculatorBlock",
                     *       "order": "source",
                     *       "outputs": [
                     *         {
                     *           "is_each": false,
                     *           "is_required": false,
                     *           "name": "result",
                     *           "schema": {
                     *             "type": "number"
                     *           }
                     *         }
                     *       ],
                     *       "provider": "github",
                     *       "quality": "gold",
                     *       "title": "Calculator"
                     *     }
                     */
                    "application/json": components["schemas"]["BlockView"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    list_load_errors: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "at": "2026-01-31T12:00:00Z",
                     *           "file": "backend/blocks/text/words.py",
                     *           "line": 12,
                     *           "message": "NameError: name 'Blok' is not defined"
                     *         }
                     *       ],
                     *       "revision": null
                     *     }
                     */
                    "application/json": components["schemas"]["LoadErrors"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    read_pins: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "nodes": [
                 *         {
                 *           "block_id": "655d6fdf-a334-421c-b733-520549c07cd1",
                 *           "input_default": {
                 *             "options": [
                 *               "small",
                 *               "large"
                 *             ]
                 *           }
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["NodesToSee"];
            };
        };
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "inputs": [
                     *             {
                     *               "is_each": false,
                     *               "is_required": false,
                     *               "name": "Greeting",
                     *               "schema": {}
                     *             }
                     *           ],
                     *           "outputs": [
                     *             {
                     *               "is_each": false,
                     *               "is_required": false,
                     *               "name": "Greeting",
                     *               "schema": {}
                     *             }
                     *           ],
                     *           "problem": ""
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["NodePinsList"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    list_budgets: {
        parameters: {
            query?: {
                /** @description Everybody's, for owners */
                all_users?: boolean;
                /** @description `next_cursor` of the page before */
                cursor?: string | null;
                /** @description How many at most */
                limit?: number;
                /** @description One user's; others' are for owners */
                user_id?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "created_at": "2026-01-31T12:00:00Z",
                     *           "graph_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "is_yours": true,
                     *           "limit": {
                     *             "credits": 0.15,
                     *             "usd_micros": 1500
                     *           },
                     *           "period": "day",
                     *           "reserved": {
                     *             "credits": 0.15,
                     *             "usd_micros": 1500
                     *           },
                     *           "resets_at": "2026-01-31T12:00:00Z",
                     *           "set_by": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "spent": {
                     *             "credits": 0.15,
                     *             "usd_micros": 1500
                     *           },
                     *           "updated_at": "2026-01-31T12:00:00Z",
                     *           "user_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11"
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["Page_BudgetView_"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    put_budget: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "graph_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                 *       "limit_usd_micros": 5000000,
                 *       "period": "day",
                 *       "user_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11"
                 *     }
                 */
                "application/json": components["schemas"]["BudgetBody"];
            };
        };
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "created_at": "2026-01-31T12:00:00Z",
                     *       "graph_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "is_yours": true,
                     *       "limit": {
                     *         "credits": 0.15,
                     *         "usd_micros": 1500
                     *       },
                     *       "period": "day",
                     *       "reserved": {
                     *         "credits": 0.15,
                     *         "usd_micros": 1500
                     *       },
                     *       "resets_at": "2026-01-31T12:00:00Z",
                     *       "set_by": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "spent": {
                     *         "credits": 0.15,
                     *         "usd_micros": 1500
                     *       },
                     *       "updated_at": "2026-01-31T12:00:00Z",
                     *       "user_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11"
                     *     }
                     */
                    "application/json": components["schemas"]["BudgetView"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    read_budget: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                budget_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "created_at": "2026-01-31T12:00:00Z",
                     *       "graph_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "is_yours": true,
                     *       "limit": {
                     *         "credits": 0.15,
                     *         "usd_micros": 1500
                     *       },
                     *       "period": "day",
                     *       "reserved": {
                     *         "credits": 0.15,
                     *         "usd_micros": 1500
                     *       },
                     *       "resets_at": "2026-01-31T12:00:00Z",
                     *       "set_by": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "spent": {
                     *         "credits": 0.15,
                     *         "usd_micros": 1500
                     *       },
                     *       "updated_at": "2026-01-31T12:00:00Z",
                     *       "user_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11"
                     *     }
                     */
                    "application/json": components["schemas"]["BudgetView"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    delete_budget: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                budget_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            503: components["responses"]["Away"];
        };
    };
    list_connections: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "account": {
                     *             "avatar_url": "",
                     *             "email": "ada@example.com",
                     *             "name": "Ada Lovelace",
                     *             "organization": "Example Ltd"
                     *           },
                     *           "credential_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "description": "Greets whoever is named",
                     *           "fields": [
                     *             {
                     *               "help": "It is in your settings there",
                     *               "is_required": true,
                     *               "key": "api_key",
                     *               "label": "API key",
                     *               "placeholder": "ex_…",
                     *               "type": "text"
                     *             }
                     *           ],
                     *           "has_platform_credential": true,
                     *           "has_test": true,
                     *           "help_url": "https://example.com/help",
                     *           "is_available": true,
                     *           "is_connected": true,
                     *           "kinds": [
                     *             "api_key"
                     *           ],
                     *           "label": "Example",
                     *           "login": {
                     *             "is_set_up": true,
                     *             "variables": [
                     *               "GITHUB_CLIENT_ID",
                     *               "GITHUB_CLIENT_SECRET"
                     *             ]
                     *           },
                     *           "problem": "",
                     *           "provider": "example-provider",
                     *           "quality": "none",
                     *           "tier": "free",
                     *           "title": "Example"
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["Page_ConnectionView_"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    save_connection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                provider: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "fields": {
                 *         "api_key": "ex_…"
                 *       },
                 *       "title": "Work"
                 *     }
                 */
                "application/json": components["schemas"]["NewConnection"];
            };
        };
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "account": {
                     *         "avatar_url": "",
                     *         "email": "ada@example.com",
                     *         "name": "Ada Lovelace",
                     *         "organization": "Example Ltd"
                     *       },
                     *       "credential_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "is_tested": true,
                     *       "message": "Example is connected as ada@example.com.",
                     *       "provider": "example-provider",
                     *       "title": "Example"
                     *     }
                     */
                    "application/json": components["schemas"]["ConnectionSaved"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    check_connection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                provider: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "fields": {
                 *         "api_key": "ex_…"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["ConnectionValues"];
            };
        };
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "kind": "api_key",
                     *       "provider": "example-provider"
                     *     }
                     */
                    "application/json": components["schemas"]["ConnectionComplete"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    test_connection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                provider: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "fields": {
                 *         "api_key": "ex_…"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["ConnectionValues"];
            };
        };
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "account": {
                     *         "avatar_url": "",
                     *         "email": "ada@example.com",
                     *         "name": "Ada Lovelace",
                     *         "organization": "Example Ltd"
                     *       },
                     *       "code": "",
                     *       "is_ok": true,
                     *       "is_tested": true,
                     *       "reason": ""
                     *     }
                     */
                    "application/json": components["schemas"]["ConnectionTried"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    read_costs: {
        parameters: {
            query?: {
                /** @description Everybody's, for owners */
                all_users?: boolean;
                /** @description `next_cursor` of the page before */
                cursor?: string | null;
                /** @description 30 days before `to` without it */
                from?: string | null;
                /** @description Runs of this graph only */
                graph_id?: string | null;
                group_by?: components["schemas"]["CostGroup"];
                /** @description How many at most */
                limit?: number;
                /** @description Now without it */
                to?: string | null;
                /** @description One user's; others' are for owners */
                user_id?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "from": "2026-01-31T12:00:00Z",
                     *       "items": [
                     *         {
                     *           "charges": 3,
                     *           "cost": {
                     *             "credits": 0.15,
                     *             "usd_micros": 1500
                     *           },
                     *           "key": "2026-01-31",
                     *           "label": "2026-01-31"
                     *         }
                     *       ],
                     *       "next_cursor": null,
                     *       "to": "2026-01-31T12:00:00Z",
                     *       "total": {
                     *         "credits": 0.15,
                     *         "usd_micros": 1500
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Costs"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    list_credentials: {
        parameters: {
            query?: {
                /** @description Only those of this provider */
                provider?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "account": {
                     *             "avatar_url": "",
                     *             "email": "ada@example.com",
                     *             "name": "Ada Lovelace",
                     *             "organization": "Example Ltd"
                     *           },
                     *           "created_at": "2026-01-31T12:00:00Z",
                     *           "details": {},
                     *           "expires_at": "2026-01-31T12:00:00Z",
                     *           "host": null,
                     *           "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "is_platform": true,
                     *           "kind": "api_key",
                     *           "problem": "",
                     *           "provider": "github",
                     *           "scopes": [],
                     *           "secret_names": [],
                     *           "state": "ok",
                     *           "tested_at": "2026-01-31T12:00:00Z",
                     *           "title": "Work",
                     *           "used_at": "2026-01-31T12:00:00Z",
                     *           "username": null
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["CredentialList"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    make_credential: {
        parameters: {
            query?: never;
            header?: {
                /** @description A repeated request with the same key makes nothing new */
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "api_key": "paste-the-key-here",
                 *       "expires_at": null,
                 *       "kind": "api_key",
                 *       "provider": "github",
                 *       "title": "Work"
                 *     }
                 */
                "application/json": components["schemas"]["NewApiKeyCredential"] | components["schemas"]["NewUserPasswordCredential"] | components["schemas"]["NewHostScopedCredential"] | components["schemas"]["NewCustomCredential"];
            };
        };
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "account": {
                     *         "avatar_url": "",
                     *         "email": "ada@example.com",
                     *         "name": "Ada Lovelace",
                     *         "organization": "Example Ltd"
                     *       },
                     *       "created_at": "2026-01-31T12:00:00Z",
                     *       "details": {},
                     *       "expires_at": "2026-01-31T12:00:00Z",
                     *       "host": null,
                     *       "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "is_platform": true,
                     *       "kind": "api_key",
                     *       "problem": "",
                     *       "provider": "github",
                     *       "scopes": [],
                     *       "secret_names": [],
                     *       "state": "ok",
                     *       "tested_at": "2026-01-31T12:00:00Z",
                     *       "title": "Work",
                     *       "used_at": "2026-01-31T12:00:00Z",
                     *       "used_by": {
                     *         "graphs": [
                     *           {
                     *             "graph_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *             "is_in_draft": true,
                     *             "is_in_newest": true,
                     *             "is_in_published": true,
                     *             "name": "Greeting"
                     *           }
                     *         ],
                     *         "webhooks": [
                     *           {
                     *             "provider": "github",
                     *             "resource": "ada/engine",
                     *             "webhook_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11"
                     *           }
                     *         ]
                     *       },
                     *       "username": null
                     *     }
                     */
                    "application/json": components["schemas"]["CredentialDetails"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    read_credential: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                credential_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "account": {
                     *         "avatar_url": "",
                     *         "email": "ada@example.com",
                     *         "name": "Ada Lovelace",
                     *         "organization": "Example Ltd"
                     *       },
                     *       "created_at": "2026-01-31T12:00:00Z",
                     *       "details": {},
                     *       "expires_at": "2026-01-31T12:00:00Z",
                     *       "host": null,
                     *       "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "is_platform": true,
                     *       "kind": "api_key",
                     *       "problem": "",
                     *       "provider": "github",
                     *       "scopes": [],
                     *       "secret_names": [],
                     *       "state": "ok",
                     *       "tested_at": "2026-01-31T12:00:00Z",
                     *       "title": "Work",
                     *       "used_at": "2026-01-31T12:00:00Z",
                     *       "used_by": {
                     *         "graphs": [
                     *           {
                     *             "graph_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *             "is_in_draft": true,
                     *             "is_in_newest": true,
                     *             "is_in_published": true,
                     *             "name": "Greeting"
                     *           }
                     *         ],
                     *         "webhooks": [
                     *           {
                     *             "provider": "github",
                     *             "resource": "ada/engine",
                     *             "webhook_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11"
                     *           }
                     *         ]
                     *       },
                     *       "username": null
                     *     }
                     */
                    "application/json": components["schemas"]["CredentialDetails"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    delete_credential: {
        parameters: {
            query?: {
                /** @description Delete it though something uses it */
                confirm?: boolean;
            };
            header?: never;
            path: {
                credential_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "is_revoked": true,
                     *       "message": "Deleted here, and taken back at its provider."
                     *     }
                     */
                    "application/json": components["schemas"]["CredentialDeleted"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    change_credential: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                credential_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "api_key": "paste-the-key-here",
                 *       "title": "Work"
                 *     }
                 */
                "application/json": components["schemas"]["CredentialChange"];
            };
        };
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "account": {
                     *         "avatar_url": "",
                     *         "email": "ada@example.com",
                     *         "name": "Ada Lovelace",
                     *         "organization": "Example Ltd"
                     *       },
                     *       "created_at": "2026-01-31T12:00:00Z",
                     *       "details": {},
                     *       "expires_at": "2026-01-31T12:00:00Z",
                     *       "host": null,
                     *       "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "is_platform": true,
                     *       "kind": "api_key",
                     *       "problem": "",
                     *       "provider": "github",
                     *       "scopes": [],
                     *       "secret_names": [],
                     *       "state": "ok",
                     *       "tested_at": "2026-01-31T12:00:00Z",
                     *       "title": "Work",
                     *       "used_at": "2026-01-31T12:00:00Z",
                     *       "used_by": {
                     *         "graphs": [
                     *           {
                     *             "graph_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *             "is_in_draft": true,
                     *             "is_in_newest": true,
                     *             "is_in_published": true,
                     *             "name": "Greeting"
                     *           }
                     *         ],
                     *         "webhooks": [
                     *           {
                     *             "provider": "github",
                     *             "resource": "ada/engine",
                     *             "webhook_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11"
                     *           }
                     *         ]
                     *       },
                     *       "username": null
                     *     }
                     */
                    "application/json": components["schemas"]["CredentialDetails"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    read_account: {
        parameters: {
            query?: {
                /** @description Ask the provider also where the answer is known */
                fresh?: boolean;
            };
            header?: never;
            path: {
                credential_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "account": {
                     *         "avatar_url": "",
                     *         "email": "ada@example.com",
                     *         "name": "Ada Lovelace",
                     *         "organization": "Example Ltd"
                     *       },
                     *       "reason": ""
                     *     }
                     */
                    "application/json": components["schemas"]["CredentialAccount"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    read_avatar: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                credential_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description The picture */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/*": unknown;
                };
            };
            503: components["responses"]["Away"];
        };
    };
    try_credential: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                credential_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "account": {
                     *         "avatar_url": "",
                     *         "email": "ada@example.com",
                     *         "name": "Ada Lovelace",
                     *         "organization": "Example Ltd"
                     *       },
                     *       "code": "",
                     *       "is_ok": true,
                     *       "is_tested": true,
                     *       "reason": ""
                     *     }
                     */
                    "application/json": components["schemas"]["CredentialTested"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    read_health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "credential": {
                     *             "account": {
                     *               "avatar_url": "",
                     *               "email": "ada@example.com",
                     *               "name": "Ada Lovelace",
                     *               "organization": "Example Ltd"
                     *             },
                     *             "created_at": "2026-01-31T12:00:00Z",
                     *             "details": {},
                     *             "expires_at": "2026-01-31T12:00:00Z",
                     *             "host": null,
                     *             "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *             "is_platform": true,
                     *             "kind": "api_key",
                     *             "problem": "",
                     *             "provider": "github",
                     *             "scopes": [],
                     *             "secret_names": [],
                     *             "state": "ok",
                     *             "tested_at": "2026-01-31T12:00:00Z",
                     *             "title": "Work",
                     *             "used_at": "2026-01-31T12:00:00Z",
                     *             "username": null
                     *           },
                     *           "message": "It expires at 2026-01-31 12:00 UTC. Replace its secret.",
                     *           "reason": "expired"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["HealthList"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    list_files: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before */
                cursor?: string | null;
                /** @description How many at most */
                limit?: number;
                /** @description Only names with this in them */
                q?: string;
                /** @description Only what this run made */
                run_id?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "created_at": "2026-01-31T12:00:00Z",
                     *           "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "media_type": "application/pdf",
                     *           "name": "report.pdf",
                     *           "reference": "file:01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "run_id": null,
                     *           "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                     *           "size_bytes": 48213,
                     *           "used_at": "2026-01-31T12:00:00Z"
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["Page_FileView_"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    upload_files: {
        parameters: {
            query?: {
                /** @description For a body that is the file itself */
                name?: string | null;
            };
            header?: {
                /** @description A repeated request with the same key makes nothing new */
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": string;
                "multipart/form-data": {
                    file: string[];
                };
            };
        };
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "created_at": "2026-01-31T12:00:00Z",
                     *           "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "media_type": "application/pdf",
                     *           "name": "report.pdf",
                     *           "reference": "file:01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "run_id": null,
                     *           "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                     *           "size_bytes": 48213,
                     *           "used_at": "2026-01-31T12:00:00Z"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["FilesStored"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    read_file: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "created_at": "2026-01-31T12:00:00Z",
                     *       "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "media_type": "application/pdf",
                     *       "name": "report.pdf",
                     *       "reference": "file:01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "run_id": null,
                     *       "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                     *       "size_bytes": 48213,
                     *       "used_at": "2026-01-31T12:00:00Z"
                     *     }
                     */
                    "application/json": components["schemas"]["FileView"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    delete_file: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            503: components["responses"]["Away"];
        };
    };
    download_file: {
        parameters: {
            query?: {
                /** @description Show it in the browser; pictures only */
                inline?: boolean;
            };
            header?: never;
            path: {
                file_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description The content */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description The part that `Range` asks for */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description The caller has it: `If-None-Match` names its ETag */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            503: components["responses"]["Away"];
        };
    };
    list_folders: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "graphs": 1,
                     *           "name": "Greeting"
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["Page_Folder_"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    list_graphs: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before */
                cursor?: string | null;
                /** @description Empty: those that are in none */
                folder?: string | null;
                /** @description How many at most */
                limit?: number;
                /** @description In name, description or tags, in any case */
                q?: string | null;
                /** @description `updated`: changed last first */
                sort?: "updated" | "name";
                tag?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "created_at": "2026-01-31T12:00:00Z",
                     *           "description": "Greets whoever is named",
                     *           "draft": {
                     *             "is_changed": true,
                     *             "revision": 1
                     *           },
                     *           "folder": "Work/Money",
                     *           "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "last_run": {
                     *             "created_at": "2026-01-31T12:00:00Z",
                     *             "run_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *             "status": "completed"
                     *           },
                     *           "latest_version": 1,
                     *           "name": "Greeting",
                     *           "published_version": 1,
                     *           "retain_days": 1,
                     *           "tags": [
                     *             "finance"
                     *           ],
                     *           "updated_at": "2026-01-31T12:00:00Z"
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["Page_GraphRow_"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    create_graph: {
        parameters: {
            query?: never;
            header?: {
                /** @description A repeated request with the same key makes nothing new */
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "links": [
                 *         {
                 *           "id": "l1",
                 *           "sink_id": "out",
                 *           "sink_name": "value",
                 *           "source_id": "in",
                 *           "source_name": "result"
                 *         }
                 *       ],
                 *       "name": "Greeting",
                 *       "nodes": [
                 *         {
                 *           "block_id": "7fcd3bcb-8e1b-4e69-903d-32d3d4a92158",
                 *           "id": "in",
                 *           "input_default": {
                 *             "name": "name"
                 *           }
                 *         },
                 *         {
                 *           "block_id": "363ae599-353e-4804-937e-b2ee3cef3da4",
                 *           "id": "out",
                 *           "input_default": {
                 *             "name": "greeting"
                 *           }
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["Graph"];
            };
        };
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "problems": [
                     *         {
                     *           "cure": "Give it a value.",
                     *           "message": "The input 'name' is missing.",
                     *           "node_id": "out",
                     *           "path": "inputs.name",
                     *           "pin": "value"
                     *         }
                     *       ],
                     *       "version": 1
                     *     }
                     */
                    "application/json": components["schemas"]["GraphSaved"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    read_graph: {
        parameters: {
            query?: {
                /** @description The newest without it */
                version?: number | null;
            };
            header?: never;
            path: {
                graph_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "created_at": "2026-01-31T12:00:00Z",
                     *       "description": "Greets whoever is named",
                     *       "draft": {
                     *         "is_changed": true,
                     *         "revision": 1
                     *       },
                     *       "folder": "Work/Money",
                     *       "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "last_run": {
                     *         "created_at": "2026-01-31T12:00:00Z",
                     *         "run_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *         "status": "completed"
                     *       },
                     *       "latest_version": 1,
                     *       "limits": {
                     *         "max_active_s": 1,
                     *         "max_cost_usd_micros": 1,
                     *         "max_firings": 1,
                     *         "max_waiting_values": 1
                     *       },
                     *       "links": [
                     *         {
                     *           "id": "l1",
                     *           "sink_id": "out",
                     *           "sink_name": "value",
                     *           "source_id": "in",
                     *           "source_name": "result"
                     *         }
                     *       ],
                     *       "name": "Greeting",
                     *       "nodes": [
                     *         {
                     *           "block_id": "7fcd3bcb-8e1b-4e69-903d-32d3d4a92158",
                     *           "id": "in",
                     *           "input_default": {
                     *             "name": "name"
                     *           }
                     *         },
                     *         {
                     *           "block_id": "363ae599-353e-4804-937e-b2ee3cef3da4",
                     *           "id": "out",
                     *           "input_default": {
                     *             "name": "greeting"
                     *           }
                     *         }
                     *       ],
                     *       "problems": [
                     *         {
                     *           "cure": "Give it a value.",
                     *           "message": "The input 'name' is missing.",
                     *           "node_id": "out",
                     *           "path": "inputs.name",
                     *           "pin": "value"
                     *         }
                     *       ],
                     *       "published_version": 1,
                     *       "retain_days": 1,
                     *       "sub_graphs": [
                     *         {
                     *           "links": [
                     *             {
                     *               "id": "l1",
                     *               "sink_id": "out",
                     *               "sink_name": "value",
                     *               "source_id": "in",
                     *               "source_name": "result"
                     *             }
                     *           ],
                     *           "name": "Greeting",
                     *           "nodes": [
                     *             {
                     *               "block_id": "7fcd3bcb-8e1b-4e69-903d-32d3d4a92158",
                     *               "id": "in",
                     *               "input_default": {
                     *                 "name": "name"
                     *               }
                     *             },
                     *             {
                     *               "block_id": "363ae599-353e-4804-937e-b2ee3cef3da4",
                     *               "id": "out",
                     *               "input_default": {
                     *                 "name": "greeting"
                     *               }
                     *             }
                     *           ]
                     *         }
                     *       ],
                     *       "tags": [
                     *         "finance"
                     *       ],
                     *       "updated_at": "2026-01-31T12:00:00Z",
                     *       "version": 1
                     *     }
                     */
                    "application/json": components["schemas"]["GraphView"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    save_graph: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                graph_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "links": [
                 *         {
                 *           "id": "l1",
                 *           "sink_id": "out",
                 *           "sink_name": "value",
                 *           "source_id": "in",
                 *           "source_name": "result"
                 *         }
                 *       ],
                 *       "name": "Greeting",
                 *       "nodes": [
                 *         {
                 *           "block_id": "7fcd3bcb-8e1b-4e69-903d-32d3d4a92158",
                 *           "id": "in",
                 *           "input_default": {
                 *             "name": "name"
                 *           }
                 *         },
                 *         {
                 *           "block_id": "363ae599-353e-4804-937e-b2ee3cef3da4",
                 *           "id": "out",
                 *           "input_default": {
                 *             "name": "greeting"
                 *           }
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["Graph"];
            };
        };
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "problems": [
                     *         {
                     *           "cure": "Give it a value.",
                     *           "message": "The input 'name' is missing.",
                     *           "node_id": "out",
                     *           "path": "inputs.name",
                     *           "pin": "value"
                     *         }
                     *       ],
                     *       "version": 1
                     *     }
                     */
                    "application/json": components["schemas"]["GraphSaved"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    delete_graph: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                graph_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            503: components["responses"]["Away"];
        };
    };
    change_graph: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                graph_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "description": "Greets whoever is named",
                 *       "folder": "",
                 *       "name": "Greeting",
                 *       "retain_days": 1,
                 *       "tags": [
                 *         "finance"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["GraphChange"];
            };
        };
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "created_at": "2026-01-31T12:00:00Z",
                     *       "description": "Greets whoever is named",
                     *       "draft": {
                     *         "is_changed": true,
                     *         "revision": 1
                     *       },
                     *       "folder": "Work/Money",
                     *       "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "last_run": {
                     *         "created_at": "2026-01-31T12:00:00Z",
                     *         "run_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *         "status": "completed"
                     *       },
                     *       "latest_version": 1,
                     *       "name": "Greeting",
                     *       "published_version": 1,
                     *       "retain_days": 1,
                     *       "tags": [
                     *         "finance"
                     *       ],
                     *       "updated_at": "2026-01-31T12:00:00Z"
                     *     }
                     */
                    "application/json": components["schemas"]["GraphRow"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    compare_versions: {
        parameters: {
            query: {
                /** @description A number or `draft` */
                from: number | "draft";
                /** @description A number or `draft` */
                to?: number | "draft";
            };
            header?: never;
            path: {
                graph_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "fields": [
                     *         {
                     *           "after": "Greeting",
                     *           "before": "Hello",
                     *           "kind": "changed",
                     *           "path": [
                     *             "name"
                     *           ]
                     *         }
                     *       ],
                     *       "from_version": 1,
                     *       "is_empty": false,
                     *       "links": {
                     *         "added": [],
                     *         "changed": [],
                     *         "removed": []
                     *       },
                     *       "moved": [
                     *         {
                     *           "after": {
                     *             "x": 340,
                     *             "y": 0
                     *           },
                     *           "before": {
                     *             "x": 0,
                     *             "y": 0
                     *           },
                     *           "id": "out",
                     *           "label": "Result"
                     *         }
                     *       ],
                     *       "nodes": {
                     *         "added": [],
                     *         "changed": [
                     *           {
                     *             "fields": [
                     *               {
                     *                 "after": "greeting",
                     *                 "before": "said",
                     *                 "kind": "changed",
                     *                 "path": [
                     *                   "input_default",
                     *                   "name"
                     *                 ]
                     *               }
                     *             ],
                     *             "id": "out",
                     *             "label": "Result"
                     *           }
                     *         ],
                     *         "removed": []
                     *       },
                     *       "to_version": "draft"
                     *     }
                     */
                    "application/json": components["schemas"]["Comparison"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    copy_graph: {
        parameters: {
            query?: never;
            header?: {
                /** @description A repeated request with the same key makes nothing new */
                "Idempotency-Key"?: string | null;
            };
            path: {
                graph_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "name": "Greeting"
                 *     }
                 */
                "application/json": components["schemas"]["CopyRequest"] | null;
            };
        };
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "problems": [
                     *         {
                     *           "cure": "Give it a value.",
                     *           "message": "The input 'name' is missing.",
                     *           "node_id": "out",
                     *           "path": "inputs.name",
                     *           "pin": "value"
                     *         }
                     *       ],
                     *       "version": 1
                     *     }
                     */
                    "application/json": components["schemas"]["GraphSaved"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    read_draft: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                graph_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "based_on_version": 1,
                     *       "graph": {
                     *         "links": [
                     *           {
                     *             "id": "l1",
                     *             "sink_id": "out",
                     *             "sink_name": "value",
                     *             "source_id": "in",
                     *             "source_name": "result"
                     *           }
                     *         ],
                     *         "name": "Greeting",
                     *         "nodes": [
                     *           {
                     *             "block_id": "7fcd3bcb-8e1b-4e69-903d-32d3d4a92158",
                     *             "id": "in",
                     *             "input_default": {
                     *               "name": "name"
                     *             }
                     *           },
                     *           {
                     *             "block_id": "363ae599-353e-4804-937e-b2ee3cef3da4",
                     *             "id": "out",
                     *             "input_default": {
                     *               "name": "greeting"
                     *             }
                     *           }
                     *         ]
                     *       },
                     *       "is_changed": true,
                     *       "problems": [
                     *         {
                     *           "cure": "Give it a value.",
                     *           "message": "The input 'name' is missing.",
                     *           "node_id": "out",
                     *           "path": "inputs.name",
                     *           "pin": "value"
                     *         }
                     *       ],
                     *       "revision": 1,
                     *       "saved_at": "2026-01-31T12:00:00Z",
                     *       "saved_by": null
                     *     }
                     */
                    "application/json": components["schemas"]["DraftView"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    save_draft: {
        parameters: {
            query?: never;
            header?: {
                /** @description The revision that you have read, as in `"3"`; `*`: whatever it is */
                "If-Match"?: string | null;
            };
            path: {
                graph_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "links": [
                 *         {
                 *           "id": "l1",
                 *           "sink_id": "out",
                 *           "sink_name": "value",
                 *           "source_id": "in",
                 *           "source_name": "result"
                 *         }
                 *       ],
                 *       "name": "Greeting",
                 *       "nodes": [
                 *         {
                 *           "block_id": "7fcd3bcb-8e1b-4e69-903d-32d3d4a92158",
                 *           "id": "in",
                 *           "input_default": {
                 *             "name": "name"
                 *           }
                 *         },
                 *         {
                 *           "block_id": "363ae599-353e-4804-937e-b2ee3cef3da4",
                 *           "id": "out",
                 *           "input_default": {
                 *             "name": "greeting"
                 *           }
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["Graph"];
            };
        };
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "problems": [
                     *         {
                     *           "cure": "Give it a value.",
                     *           "message": "The input 'name' is missing.",
                     *           "node_id": "out",
                     *           "path": "inputs.name",
                     *           "pin": "value"
                     *         }
                     *       ],
                     *       "revision": 1
                     *     }
                     */
                    "application/json": components["schemas"]["DraftSaved"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    download_graph: {
        parameters: {
            query?: {
                /** @description A number or `draft`; the newest version without it */
                version?: number | "draft" | null;
            };
            header?: never;
            path: {
                graph_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "description": "Greets whoever is named",
                     *       "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "left_out": [
                     *         {
                     *           "graph_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "node_id": "out",
                     *           "node_name": "Result",
                     *           "pin": "value",
                     *           "why": "Credentials do not travel with a graph. Choose one again."
                     *         }
                     *       ],
                     *       "limits": {
                     *         "max_active_s": 1,
                     *         "max_cost_usd_micros": 1,
                     *         "max_firings": 1,
                     *         "max_waiting_values": 1
                     *       },
                     *       "links": [
                     *         {
                     *           "id": "l1",
                     *           "sink_id": "out",
                     *           "sink_name": "value",
                     *           "source_id": "in",
                     *           "source_name": "result"
                     *         }
                     *       ],
                     *       "name": "Greeting",
                     *       "nodes": [
                     *         {
                     *           "block_id": "7fcd3bcb-8e1b-4e69-903d-32d3d4a92158",
                     *           "id": "in",
                     *           "input_default": {
                     *             "name": "name"
                     *           }
                     *         },
                     *         {
                     *           "block_id": "363ae599-353e-4804-937e-b2ee3cef3da4",
                     *           "id": "out",
                     *           "input_default": {
                     *             "name": "greeting"
                     *           }
                     *         }
                     *       ],
                     *       "sub_graphs": [
                     *         {
                     *           "links": [
                     *             {
                     *               "id": "l1",
                     *               "sink_id": "out",
                     *               "sink_name": "value",
                     *               "source_id": "in",
                     *               "source_name": "result"
                     *             }
                     *           ],
                     *           "name": "Greeting",
                     *           "nodes": [
                     *             {
                     *               "block_id": "7fcd3bcb-8e1b-4e69-903d-32d3d4a92158",
                     *               "id": "in",
                     *               "input_default": {
                     *                 "name": "name"
                     *               }
                     *             },
                     *             {
                     *               "block_id": "363ae599-353e-4804-937e-b2ee3cef3da4",
                     *               "id": "out",
                     *               "input_default": {
                     *                 "name": "greeting"
                     *               }
                     *             }
                     *           ]
                     *         }
                     *       ],
                     *       "version": 1
                     *     }
                     */
                    "application/json": components["schemas"]["GraphFile"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    publish_graph: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                graph_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "name": "Greeting",
                 *       "version": 1
                 *     }
                 */
                "application/json": components["schemas"]["PublishRequest"] | null;
            };
        };
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "published_version": 1,
                     *       "triggers": [
                     *         {
                     *           "block_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "events": [
                     *             "invoice.paid"
                     *           ],
                     *           "in_draft": true,
                     *           "in_published": true,
                     *           "is_automatic": false,
                     *           "is_live": true,
                     *           "kind": "webhook",
                     *           "label": "Invoice paid",
                     *           "last_delivery_at": "2026-01-31T12:00:00Z",
                     *           "next_poll_at": null,
                     *           "node_id": "out",
                     *           "problem": "",
                     *           "provider": "stripe",
                     *           "secret": null,
                     *           "setup": "Developers > Webhooks > Add",
                     *           "state": "active",
                     *           "test_url": "https://blockyard.example.com/api/integrations/stripe/webhooks/01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11/ingress?test=true",
                     *           "url": "https://blockyard.example.com/api/integrations/stripe/webhooks/01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11/ingress",
                     *           "webhook_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Published"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    run_graph: {
        parameters: {
            query?: never;
            header?: {
                /** @description A repeated request with the same key makes nothing new */
                "Idempotency-Key"?: string | null;
            };
            path: {
                graph_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "inputs": {
                 *         "name": "Ada"
                 *       },
                 *       "wait": true
                 *     }
                 */
                "application/json": components["schemas"]["RunRequest"];
            };
        };
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "answer": {
                     *         "body": {
                     *           "accepted": true
                     *         },
                     *         "headers": {
                     *           "X-Order": "7"
                     *         },
                     *         "status": 200
                     *       },
                     *       "cost": {
                     *         "credits": 0.15,
                     *         "usd_micros": 1500
                     *       },
                     *       "duration_ms": 12.5,
                     *       "errors": [
                     *         {
                     *           "code": "block_failed",
                     *           "exchange": {
                     *             "duration_ms": 84.2,
                     *             "method": "GET",
                     *             "request_body": "",
                     *             "request_headers": {
                     *               "accept": "application/json",
                     *               "authorization": "Bearer ***"
                     *             },
                     *             "request_size_bytes": 0,
                     *             "response_body": "{\"message\": \"no such board\"}",
                     *             "response_headers": {
                     *               "content-type": "application/json"
                     *             },
                     *             "response_size_bytes": 28,
                     *             "status": 404,
                     *             "url": "https://api.example.com/boards?page=2"
                     *           },
                     *           "firing": 1,
                     *           "item": [],
                     *           "message": "division by zero",
                     *           "node_id": "out",
                     *           "node_name": "Result"
                     *         }
                     *       ],
                     *       "leftovers": [
                     *         {
                     *           "count": 1,
                     *           "node_id": "out",
                     *           "pin": "value"
                     *         }
                     *       ],
                     *       "never_fired": [],
                     *       "outputs": {
                     *         "greeting": [
                     *           "Hello, Ada!"
                     *         ]
                     *       },
                     *       "run_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "status": "completed"
                     *     }
                     */
                    "application/json": components["schemas"]["RunResult"];
                };
            };
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "run_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "status": "queued"
                     *     }
                     */
                    "application/json": components["schemas"]["RunAccepted"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    stream_graph: {
        parameters: {
            query?: {
                /** @description `run:seq` pairs with commas between, of the runs you know */
                after?: string;
            };
            header?: {
                /** @description Instead of `after` */
                "Last-Event-ID"?: string | null;
            };
            path: {
                graph_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Events */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["ServerSentEvent"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    list_triggers: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                graph_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "schedules": [
                     *         {
                     *           "cron": "0 9 * * 1-5",
                     *           "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "is_active": true,
                     *           "name": "Greeting",
                     *           "next_at": "2026-01-31T12:00:00Z",
                     *           "problem": "",
                     *           "timezone": "Europe/Berlin"
                     *         }
                     *       ],
                     *       "triggers": [
                     *         {
                     *           "block_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "events": [
                     *             "invoice.paid"
                     *           ],
                     *           "in_draft": true,
                     *           "in_published": true,
                     *           "is_automatic": false,
                     *           "is_live": true,
                     *           "kind": "webhook",
                     *           "label": "Invoice paid",
                     *           "last_delivery_at": "2026-01-31T12:00:00Z",
                     *           "next_poll_at": null,
                     *           "node_id": "out",
                     *           "problem": "",
                     *           "provider": "stripe",
                     *           "secret": null,
                     *           "setup": "Developers > Webhooks > Add",
                     *           "state": "active",
                     *           "test_url": "https://blockyard.example.com/api/integrations/stripe/webhooks/01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11/ingress?test=true",
                     *           "url": "https://blockyard.example.com/api/integrations/stripe/webhooks/01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11/ingress",
                     *           "webhook_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["GraphTriggers"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    put_trigger: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                graph_id: string;
                node_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "webhook_id": null
                 *     }
                 */
                "application/json": components["schemas"]["NodeWebhook"] | null;
            };
        };
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "block_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "events": [
                     *         "invoice.paid"
                     *       ],
                     *       "in_draft": true,
                     *       "in_published": true,
                     *       "is_automatic": false,
                     *       "is_live": true,
                     *       "kind": "webhook",
                     *       "label": "Invoice paid",
                     *       "last_delivery_at": "2026-01-31T12:00:00Z",
                     *       "next_poll_at": null,
                     *       "node_id": "out",
                     *       "problem": "",
                     *       "provider": "stripe",
                     *       "secret": null,
                     *       "setup": "Developers > Webhooks > Add",
                     *       "state": "active",
                     *       "test_url": "https://blockyard.example.com/api/integrations/stripe/webhooks/01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11/ingress?test=true",
                     *       "url": "https://blockyard.example.com/api/integrations/stripe/webhooks/01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11/ingress",
                     *       "webhook_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11"
                     *     }
                     */
                    "application/json": components["schemas"]["TriggerView"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    listen_for_event: {
        parameters: {
            query?: {
                /** @description How long to wait for a test event */
                timeout_s?: number;
            };
            header?: never;
            path: {
                graph_id: string;
                node_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "delivery_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "payload": {
                     *         "type": "invoice.paid"
                     *       },
                     *       "run_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11"
                     *     }
                     */
                    "application/json": components["schemas"]["TestEvent"];
                };
            };
            /** @description None came in time */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            503: components["responses"]["Away"];
        };
    };
    read_typical: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                graph_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "cost": {
                     *             "credits": 0.15,
                     *             "usd_micros": 1500
                     *           },
                     *           "duration_ms": 12.5,
                     *           "node_id": "out",
                     *           "runs": 20
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["TypicalNodes"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    unpublish_graph: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                graph_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "published_version": 1,
                     *       "triggers": [
                     *         {
                     *           "block_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "events": [
                     *             "invoice.paid"
                     *           ],
                     *           "in_draft": true,
                     *           "in_published": true,
                     *           "is_automatic": false,
                     *           "is_live": true,
                     *           "kind": "webhook",
                     *           "label": "Invoice paid",
                     *           "last_delivery_at": "2026-01-31T12:00:00Z",
                     *           "next_poll_at": null,
                     *           "node_id": "out",
                     *           "problem": "",
                     *           "provider": "stripe",
                     *           "secret": null,
                     *           "setup": "Developers > Webhooks > Add",
                     *           "state": "active",
                     *           "test_url": "https://blockyard.example.com/api/integrations/stripe/webhooks/01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11/ingress?test=true",
                     *           "url": "https://blockyard.example.com/api/integrations/stripe/webhooks/01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11/ingress",
                     *           "webhook_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Published"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    validate_graph: {
        parameters: {
            query?: {
                /** @description A number or `draft`; the newest version without it */
                version?: number | "draft" | null;
            };
            header?: never;
            path: {
                graph_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "problems": [
                     *         {
                     *           "cure": "Give it a value.",
                     *           "message": "The input 'name' is missing.",
                     *           "node_id": "out",
                     *           "path": "inputs.name",
                     *           "pin": "value"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["GraphProblems"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    list_versions: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before */
                cursor?: string | null;
                /** @description How many at most */
                limit?: number;
            };
            header?: never;
            path: {
                graph_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "created_at": "2026-01-31T12:00:00Z",
                     *           "created_by": null,
                     *           "created_by_name": "Ada",
                     *           "is_published": true,
                     *           "links": 1,
                     *           "name": "Greeting",
                     *           "nodes": 1,
                     *           "version": 1
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["Page_VersionRow_"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    save_version: {
        parameters: {
            query?: never;
            header?: {
                /** @description A repeated request with the same key makes nothing new */
                "Idempotency-Key"?: string | null;
            };
            path: {
                graph_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "name": "Greeting"
                 *     }
                 */
                "application/json": components["schemas"]["VersionRequest"] | null;
            };
        };
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "problems": [
                     *         {
                     *           "cure": "Give it a value.",
                     *           "message": "The input 'name' is missing.",
                     *           "node_id": "out",
                     *           "path": "inputs.name",
                     *           "pin": "value"
                     *         }
                     *       ],
                     *       "version": 1
                     *     }
                     */
                    "application/json": components["schemas"]["GraphSaved"];
                };
            };
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "problems": [
                     *         {
                     *           "cure": "Give it a value.",
                     *           "message": "The input 'name' is missing.",
                     *           "node_id": "out",
                     *           "path": "inputs.name",
                     *           "pin": "value"
                     *         }
                     *       ],
                     *       "version": 1
                     *     }
                     */
                    "application/json": components["schemas"]["GraphSaved"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    name_version: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                graph_id: string;
                version: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Greeting"
                 *     }
                 */
                "application/json": components["schemas"]["VersionRename"];
            };
        };
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "created_at": "2026-01-31T12:00:00Z",
                     *       "created_by": null,
                     *       "created_by_name": "Ada",
                     *       "is_published": true,
                     *       "links": 1,
                     *       "name": "Greeting",
                     *       "nodes": 1,
                     *       "version": 1
                     *     }
                     */
                    "application/json": components["schemas"]["VersionRow"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    restore_version: {
        parameters: {
            query?: never;
            header?: {
                /** @description The revision that you have read, as in `"3"`; `*`: whatever it is */
                "If-Match"?: string | null;
            };
            path: {
                graph_id: string;
                version: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "problems": [
                     *         {
                     *           "cure": "Give it a value.",
                     *           "message": "The input 'name' is missing.",
                     *           "node_id": "out",
                     *           "path": "inputs.name",
                     *           "pin": "value"
                     *         }
                     *       ],
                     *       "revision": 1
                     *     }
                     */
                    "application/json": components["schemas"]["DraftSaved"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    import_graph: {
        parameters: {
            query?: never;
            header?: {
                /** @description A repeated request with the same key makes nothing new */
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "links": [
                 *         {
                 *           "id": "l1",
                 *           "sink_id": "out",
                 *           "sink_name": "value",
                 *           "source_id": "in",
                 *           "source_name": "result"
                 *         }
                 *       ],
                 *       "name": "Greeting",
                 *       "nodes": [
                 *         {
                 *           "block_id": "7fcd3bcb-8e1b-4e69-903d-32d3d4a92158",
                 *           "id": "in",
                 *           "input_default": {
                 *             "name": "name"
                 *           }
                 *         },
                 *         {
                 *           "block_id": "363ae599-353e-4804-937e-b2ee3cef3da4",
                 *           "id": "out",
                 *           "input_default": {
                 *             "name": "greeting"
                 *           }
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["Graph"];
            };
        };
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "changed": [
                     *         {
                     *           "graph_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "node_id": "out",
                     *           "node_name": "Result",
                     *           "pin": "value",
                     *           "why": "Credentials do not travel with a graph. Choose one again."
                     *         }
                     *       ],
                     *       "credentials": [
                     *         {
                     *           "graph_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "node_id": "out",
                     *           "node_name": "Result",
                     *           "pin": "credentials",
                     *           "provider": "github",
                     *           "providers": [
                     *             "github"
                     *           ],
                     *           "types": [
                     *             "api_key",
                     *             "oauth2"
                     *           ]
                     *         }
                     *       ],
                     *       "differences": [
                     *         {
                     *           "block": "CalculatorBlock",
                     *           "count": 1,
                     *           "nodes": [
                     *             {
                     *               "graph_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *               "node_id": "sum",
                     *               "node_name": "Sum"
                     *             }
                     *           ],
                     *           "text": "A division by zero fails; there it gives infinity."
                     *         }
                     *       ],
                     *       "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "mapped": [
                     *         {
                     *           "blocks": {},
                     *           "file_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "name": "Greeting"
                     *         }
                     *       ],
                     *       "missing": [
                     *         {
                     *           "block_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "block_name": "AITextGeneratorBlock",
                     *           "graph_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "missing": "block",
                     *           "node_id": "out",
                     *           "node_name": "Result"
                     *         }
                     *       ],
                     *       "more": {
                     *         "changed": 12
                     *       },
                     *       "problems": [
                     *         {
                     *           "cure": "Give it a value.",
                     *           "message": "The input 'name' is missing.",
                     *           "node_id": "out",
                     *           "path": "inputs.name",
                     *           "pin": "value"
                     *         }
                     *       ],
                     *       "renamed": [
                     *         {
                     *           "after": "input_$_0",
                     *           "before": "input1",
                     *           "graph_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "kind": "pin",
                     *           "node_id": "out",
                     *           "node_name": "Result"
                     *         }
                     *       ],
                     *       "version": 1
                     *     }
                     */
                    "application/json": components["schemas"]["ImportReport"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    check_graph: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "links": [
                 *         {
                 *           "id": "l1",
                 *           "sink_id": "out",
                 *           "sink_name": "value",
                 *           "source_id": "in",
                 *           "source_name": "result"
                 *         }
                 *       ],
                 *       "name": "Greeting",
                 *       "nodes": [
                 *         {
                 *           "block_id": "7fcd3bcb-8e1b-4e69-903d-32d3d4a92158",
                 *           "id": "in",
                 *           "input_default": {
                 *             "name": "name"
                 *           }
                 *         },
                 *         {
                 *           "block_id": "363ae599-353e-4804-937e-b2ee3cef3da4",
                 *           "id": "out",
                 *           "input_default": {
                 *             "name": "greeting"
                 *           }
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["Graph"];
            };
        };
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "problems": [
                     *         {
                     *           "cure": "Give it a value.",
                     *           "message": "The input 'name' is missing.",
                     *           "node_id": "out",
                     *           "path": "inputs.name",
                     *           "pin": "value"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["GraphProblems"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    live: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "problems": [],
                     *       "status": "ready",
                     *       "warnings": []
                     *     }
                     */
                    "application/json": components["schemas"]["Health"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    ready: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "problems": [],
                     *       "status": "ready",
                     *       "warnings": []
                     *     }
                     */
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description Service Unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "problems": [],
                     *       "status": "ready",
                     *       "warnings": []
                     *     }
                     */
                    "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
    list_webhooks: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before */
                cursor?: string | null;
                /** @description How many at most */
                limit?: number;
            };
            header?: never;
            path: {
                provider: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "created_at": "2026-01-31T12:00:00Z",
                     *           "credential_id": null,
                     *           "has_secret": true,
                     *           "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "is_automatic": true,
                     *           "is_kept": true,
                     *           "last_delivery_at": "2026-01-31T12:00:00Z",
                     *           "next_attempt_at": null,
                     *           "problem": "",
                     *           "provider": "stripe",
                     *           "registered_events": [],
                     *           "resource": "",
                     *           "setup": "Developers > Webhooks > Add",
                     *           "state": "active",
                     *           "test_url": "https://blockyard.example.com/api/integrations/stripe/webhooks/01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11/ingress?test=true",
                     *           "title": "Calculator",
                     *           "triggers": [
                     *             {
                     *               "events": [
                     *                 "invoice.paid"
                     *               ],
                     *               "graph_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *               "graph_version": 1,
                     *               "is_live": true,
                     *               "node_id": "out"
                     *             }
                     *           ],
                     *           "updated_at": "2026-01-31T12:00:00Z",
                     *           "url": "https://blockyard.example.com/api/integrations/stripe/webhooks/01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11/ingress",
                     *           "wanted_events": [
                     *             "invoice.paid"
                     *           ],
                     *           "webhook_type": "invoice.paid"
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["Page_WebhookView_"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    make_webhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description A repeated request with the same key makes nothing new */
                "Idempotency-Key"?: string | null;
            };
            path: {
                provider: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "secret": null,
                 *       "title": "Shop"
                 *     }
                 */
                "application/json": components["schemas"]["WebhookRequest"] | null;
            };
        };
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "created_at": "2026-01-31T12:00:00Z",
                     *       "credential_id": null,
                     *       "has_secret": true,
                     *       "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "is_automatic": true,
                     *       "is_kept": true,
                     *       "last_delivery_at": "2026-01-31T12:00:00Z",
                     *       "next_attempt_at": null,
                     *       "problem": "",
                     *       "provider": "stripe",
                     *       "registered_events": [],
                     *       "resource": "",
                     *       "secret": "whsec_made-once-and-shown-once",
                     *       "setup": "Developers > Webhooks > Add",
                     *       "state": "active",
                     *       "test_url": "https://blockyard.example.com/api/integrations/stripe/webhooks/01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11/ingress?test=true",
                     *       "title": "Calculator",
                     *       "triggers": [
                     *         {
                     *           "events": [
                     *             "invoice.paid"
                     *           ],
                     *           "graph_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "graph_version": 1,
                     *           "is_live": true,
                     *           "node_id": "out"
                     *         }
                     *       ],
                     *       "updated_at": "2026-01-31T12:00:00Z",
                     *       "url": "https://blockyard.example.com/api/integrations/stripe/webhooks/01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11/ingress",
                     *       "wanted_events": [
                     *         "invoice.paid"
                     *       ],
                     *       "webhook_type": "invoice.paid"
                     *     }
                     */
                    "application/json": components["schemas"]["NewWebhook"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    read_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                provider: string;
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "created_at": "2026-01-31T12:00:00Z",
                     *       "credential_id": null,
                     *       "has_secret": true,
                     *       "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "is_automatic": true,
                     *       "is_kept": true,
                     *       "last_delivery_at": "2026-01-31T12:00:00Z",
                     *       "next_attempt_at": null,
                     *       "problem": "",
                     *       "provider": "stripe",
                     *       "registered_events": [],
                     *       "resource": "",
                     *       "setup": "Developers > Webhooks > Add",
                     *       "state": "active",
                     *       "test_url": "https://blockyard.example.com/api/integrations/stripe/webhooks/01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11/ingress?test=true",
                     *       "title": "Calculator",
                     *       "triggers": [
                     *         {
                     *           "events": [
                     *             "invoice.paid"
                     *           ],
                     *           "graph_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "graph_version": 1,
                     *           "is_live": true,
                     *           "node_id": "out"
                     *         }
                     *       ],
                     *       "updated_at": "2026-01-31T12:00:00Z",
                     *       "url": "https://blockyard.example.com/api/integrations/stripe/webhooks/01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11/ingress",
                     *       "verification_token": null,
                     *       "wanted_events": [
                     *         "invoice.paid"
                     *       ],
                     *       "webhook_type": "invoice.paid"
                     *     }
                     */
                    "application/json": components["schemas"]["OneWebhook"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    delete_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                provider: string;
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            503: components["responses"]["Away"];
        };
    };
    change_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                provider: string;
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "is_kept": false,
                 *       "title": "Shop"
                 *     }
                 */
                "application/json": components["schemas"]["WebhookChange"];
            };
        };
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "created_at": "2026-01-31T12:00:00Z",
                     *       "credential_id": null,
                     *       "has_secret": true,
                     *       "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "is_automatic": true,
                     *       "is_kept": true,
                     *       "last_delivery_at": "2026-01-31T12:00:00Z",
                     *       "next_attempt_at": null,
                     *       "problem": "",
                     *       "provider": "stripe",
                     *       "registered_events": [],
                     *       "resource": "",
                     *       "setup": "Developers > Webhooks > Add",
                     *       "state": "active",
                     *       "test_url": "https://blockyard.example.com/api/integrations/stripe/webhooks/01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11/ingress?test=true",
                     *       "title": "Calculator",
                     *       "triggers": [
                     *         {
                     *           "events": [
                     *             "invoice.paid"
                     *           ],
                     *           "graph_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "graph_version": 1,
                     *           "is_live": true,
                     *           "node_id": "out"
                     *         }
                     *       ],
                     *       "updated_at": "2026-01-31T12:00:00Z",
                     *       "url": "https://blockyard.example.com/api/integrations/stripe/webhooks/01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11/ingress",
                     *       "wanted_events": [
                     *         "invoice.paid"
                     *       ],
                     *       "webhook_type": "invoice.paid"
                     *     }
                     */
                    "application/json": components["schemas"]["WebhookView"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    list_deliveries: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before */
                cursor?: string | null;
                /** @description How many at most */
                limit?: number;
            };
            header?: never;
            path: {
                provider: string;
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "event_id": "evt_1",
                     *           "event_type": "invoice.paid",
                     *           "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "is_test": true,
                     *           "problem": "",
                     *           "received_at": "2026-01-31T12:00:00Z",
                     *           "replay_of": null,
                     *           "run_ids": [
                     *             "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11"
                     *           ],
                     *           "size_bytes": 1,
                     *           "state": "started"
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["Page_DeliveryRow_"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    read_delivery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                delivery_id: string;
                provider: string;
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "body": "{\"type\": \"invoice.paid\"}",
                     *       "body_encoding": "text",
                     *       "event_id": "evt_1",
                     *       "event_type": "invoice.paid",
                     *       "headers": {
                     *         "content-type": "application/json"
                     *       },
                     *       "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "is_cut": true,
                     *       "is_test": true,
                     *       "problem": "",
                     *       "received_at": "2026-01-31T12:00:00Z",
                     *       "replay_of": null,
                     *       "run_ids": [
                     *         "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11"
                     *       ],
                     *       "size_bytes": 1,
                     *       "state": "started"
                     *     }
                     */
                    "application/json": components["schemas"]["DeliveryView"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    replay_delivery: {
        parameters: {
            query?: never;
            header?: {
                /** @description A repeated request with the same key makes nothing new */
                "Idempotency-Key"?: string | null;
            };
            path: {
                delivery_id: string;
                provider: string;
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "delivery_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "run_ids": [
                     *         "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Replayed"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    deliver_event: {
        parameters: {
            query?: {
                /** @description Only who listens in the editor is started */
                test?: boolean;
            };
            header?: never;
            path: {
                provider: string;
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "*/*": unknown;
            };
        };
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "delivery_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "ignored": null,
                     *       "is_repeat": false,
                     *       "run_ids": [
                     *         "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["DeliveryTaken"];
                };
            };
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "delivery_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "ignored": null,
                     *       "is_repeat": false,
                     *       "run_ids": [
                     *         "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["DeliveryTaken"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    ping_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                provider: string;
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "by": "provider",
                     *       "delivery_id": null,
                     *       "detail": "GitHub was asked to send a ping."
                     *     }
                     */
                    "application/json": components["schemas"]["PingResult"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    rotate_secret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                provider: string;
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "keep_old_s": 3600,
                 *       "secret": null
                 *     }
                 */
                "application/json": components["schemas"]["SecretRotation"] | null;
            };
        };
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "old_until": "2026-01-31T12:00:00Z",
                     *       "secret": "whsec_made-once-and-shown-once",
                     *       "setup": "Developers > Webhooks > Add"
                     *     }
                     */
                    "application/json": components["schemas"]["RotatedSecret"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    begin_oauth_login: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                provider: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "credential_id": null,
                 *       "return_to": "/settings",
                 *       "scopes": [
                 *         "repo",
                 *         "read:user"
                 *       ],
                 *       "title": "Work"
                 *     }
                 */
                "application/json": components["schemas"]["OAuthLogin"];
            };
        };
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "url": "https://github.com/login/oauth/authorize?state=…"
                     *     }
                     */
                    "application/json": components["schemas"]["OAuthAddress"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    list_polls: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before */
                cursor?: string | null;
                /** @description Of this graph only */
                graph_id?: string | null;
                /** @description How many at most */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "block_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "created_at": "2026-01-31T12:00:00Z",
                     *           "emitted_at": "2026-01-31T12:00:00Z",
                     *           "failures": 0,
                     *           "graph_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "graph_name": "Greeting",
                     *           "graph_version": 1,
                     *           "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "interval_s": 300,
                     *           "next_at": "2026-01-31T12:00:00Z",
                     *           "node_id": "out",
                     *           "polled_at": "2026-01-31T12:00:00Z",
                     *           "problem": "",
                     *           "updated_at": "2026-01-31T12:00:00Z"
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["Page_PollView_"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    read_poll: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                poll_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "block_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "created_at": "2026-01-31T12:00:00Z",
                     *       "emitted_at": "2026-01-31T12:00:00Z",
                     *       "failures": 0,
                     *       "graph_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "graph_name": "Greeting",
                     *       "graph_version": 1,
                     *       "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "interval_s": 300,
                     *       "next_at": "2026-01-31T12:00:00Z",
                     *       "node_id": "out",
                     *       "polled_at": "2026-01-31T12:00:00Z",
                     *       "problem": "",
                     *       "updated_at": "2026-01-31T12:00:00Z"
                     *     }
                     */
                    "application/json": components["schemas"]["PollView"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    check_poll: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                poll_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "found": 12,
                     *       "is_first": true,
                     *       "problem": "",
                     *       "run_ids": [
                     *         "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["PollChecked"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    list_providers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "blocks": [
                     *             {
                     *               "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *               "kind": "trigger",
                     *               "name": "ExampleTriggerBlock",
                     *               "title": "Example Trigger"
                     *             }
                     *           ],
                     *           "description": "Greets whoever is named",
                     *           "fields": [
                     *             {
                     *               "help": "It is in your settings there",
                     *               "is_required": true,
                     *               "key": "api_key",
                     *               "label": "API key",
                     *               "placeholder": "ex_…",
                     *               "type": "text"
                     *             }
                     *           ],
                     *           "has_test": true,
                     *           "help_url": "https://example.com/help",
                     *           "is_available": true,
                     *           "kinds": [
                     *             "api_key"
                     *           ],
                     *           "label": "Example",
                     *           "login": {
                     *             "is_set_up": true,
                     *             "variables": [
                     *               "GITHUB_CLIENT_ID",
                     *               "GITHUB_CLIENT_SECRET"
                     *             ]
                     *           },
                     *           "provider": "example-provider",
                     *           "quality": "none",
                     *           "quality_rules": [
                     *             {
                     *               "level": "bronze",
                     *               "reason": "",
                     *               "rule": "sources",
                     *               "standing": "done",
                     *               "what": "Every call names the page of the documentation it follows"
                     *             }
                     *           ],
                     *           "tier": "free",
                     *           "webhooks": {
                     *             "events": [
                     *               "example_event"
                     *             ],
                     *             "ignored_events": [],
                     *             "is_automatic": true,
                     *             "secret_from": "us",
                     *             "setup": "Paste address and secret"
                     *           }
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["Page_ProviderView_"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    read_provider: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                provider: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "blocks": [
                     *         {
                     *           "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "kind": "trigger",
                     *           "name": "ExampleTriggerBlock",
                     *           "title": "Example Trigger"
                     *         }
                     *       ],
                     *       "description": "Greets whoever is named",
                     *       "fields": [
                     *         {
                     *           "help": "It is in your settings there",
                     *           "is_required": true,
                     *           "key": "api_key",
                     *           "label": "API key",
                     *           "placeholder": "ex_…",
                     *           "type": "text"
                     *         }
                     *       ],
                     *       "has_test": true,
                     *       "help_url": "https://example.com/help",
                     *       "is_available": true,
                     *       "kinds": [
                     *         "api_key"
                     *       ],
                     *       "label": "Example",
                     *       "login": {
                     *         "is_set_up": true,
                     *         "variables": [
                     *           "GITHUB_CLIENT_ID",
                     *           "GITHUB_CLIENT_SECRET"
                     *         ]
                     *       },
                     *       "provider": "example-provider",
                     *       "quality": "none",
                     *       "quality_rules": [
                     *         {
                     *           "level": "bronze",
                     *           "reason": "",
                     *           "rule": "sources",
                     *           "standing": "done",
                     *           "what": "Every call names the page of the documentation it follows"
                     *         }
                     *       ],
                     *       "tier": "free",
                     *       "webhooks": {
                     *         "events": [
                     *           "example_event"
                     *         ],
                     *         "ignored_events": [],
                     *         "is_automatic": true,
                     *         "secret_from": "us",
                     *         "setup": "Paste address and secret"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ProviderView"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    list_reviews: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before */
                cursor?: string | null;
                /** @description How many at most */
                limit?: number;
                newest_first?: boolean;
                run_id?: string | null;
                /** @description Any of these */
                status?: components["schemas"]["ReviewStatus"][];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "created_at": "2026-01-31T12:00:00Z",
                     *           "data": {
                     *             "text": "Hello, Ada!"
                     *           },
                     *           "decided_at": "2026-01-31T12:00:00Z",
                     *           "decision": {
                     *             "text": "Hi!"
                     *           },
                     *           "firing": 1,
                     *           "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "is_editable": true,
                     *           "message": "The input 'name' is missing.",
                     *           "name": "Post this?",
                     *           "node_id": "out",
                     *           "run_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "status": "open"
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["Page_ReviewView_"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    read_review: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                review_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "created_at": "2026-01-31T12:00:00Z",
                     *       "data": {
                     *         "text": "Hello, Ada!"
                     *       },
                     *       "decided_at": "2026-01-31T12:00:00Z",
                     *       "decision": {
                     *         "text": "Hi!"
                     *       },
                     *       "firing": 1,
                     *       "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "is_editable": true,
                     *       "message": "The input 'name' is missing.",
                     *       "name": "Post this?",
                     *       "node_id": "out",
                     *       "run_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "status": "open"
                     *     }
                     */
                    "application/json": components["schemas"]["ReviewView"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    answer_review: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                review_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "approved": true,
                 *       "data": {
                 *         "text": "Hello, Ada!"
                 *       },
                 *       "message": "The input 'name' is missing."
                 *     }
                 */
                "application/json": components["schemas"]["Answer"];
            };
        };
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            503: components["responses"]["Away"];
        };
    };
    list_runs: {
        parameters: {
            query?: {
                /** @description This moment or later */
                created_after?: string | null;
                /** @description Earlier than this */
                created_before?: string | null;
                /** @description `next_cursor` of the page before */
                cursor?: string | null;
                /** @description Runs that have taken over results of this one */
                from_run_id?: string | null;
                graph_id?: string | null;
                label?: string | null;
                /** @description How many at most */
                limit?: number;
                max_cost_usd_micros?: number | null;
                min_cost_usd_micros?: number | null;
                /** @description Runs that this one has started, instead of those at the top */
                parent_run_id?: string | null;
                /** @description Text in the beginning of the inputs, in labels, errors or the graph's name; or the run's id */
                q?: string;
                /** @description Any of these */
                status?: components["schemas"]["RunStatus"][];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "cost": {
                     *             "credits": 0.15,
                     *             "usd_micros": 1500
                     *           },
                     *           "created_at": "2026-01-31T12:00:00Z",
                     *           "duration_ms": 12.5,
                     *           "ended_at": "2026-01-31T12:00:00Z",
                     *           "error": null,
                     *           "from_node_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "from_run_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "graph_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "graph_name": "Greeting",
                     *           "graph_version": 1,
                     *           "labels": [
                     *             "nightly"
                     *           ],
                     *           "parent_firing": 1,
                     *           "parent_node_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "parent_run_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "run_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "started_at": "2026-01-31T12:00:00Z",
                     *           "status": "completed",
                     *           "wake_at": "2026-01-31T12:00:00Z"
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["Page_RunRow_"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    read_run: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "answer": {
                     *         "body": {
                     *           "accepted": true
                     *         },
                     *         "headers": {
                     *           "X-Order": "7"
                     *         },
                     *         "status": 200
                     *       },
                     *       "cancel_requested_at": "2026-01-31T12:00:00Z",
                     *       "child_runs": 1,
                     *       "cost": {
                     *         "credits": 0.15,
                     *         "usd_micros": 1500
                     *       },
                     *       "created_at": "2026-01-31T12:00:00Z",
                     *       "duration_ms": 12.5,
                     *       "ended_at": "2026-01-31T12:00:00Z",
                     *       "error": null,
                     *       "error_count": 1,
                     *       "errors": [
                     *         {
                     *           "code": "block_failed",
                     *           "exchange": {
                     *             "duration_ms": 84.2,
                     *             "method": "GET",
                     *             "request_body": "",
                     *             "request_headers": {
                     *               "accept": "application/json",
                     *               "authorization": "Bearer ***"
                     *             },
                     *             "request_size_bytes": 0,
                     *             "response_body": "{\"message\": \"no such board\"}",
                     *             "response_headers": {
                     *               "content-type": "application/json"
                     *             },
                     *             "response_size_bytes": 28,
                     *             "status": 404,
                     *             "url": "https://api.example.com/boards?page=2"
                     *           },
                     *           "firing": 1,
                     *           "item": [],
                     *           "message": "division by zero",
                     *           "node_id": "out",
                     *           "node_name": "Result"
                     *         }
                     *       ],
                     *       "from_node_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "from_run_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "graph_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "graph_name": "Greeting",
                     *       "graph_version": 1,
                     *       "has_more_outputs": true,
                     *       "inputs": {
                     *         "name": "Ada"
                     *       },
                     *       "labels": [
                     *         "nightly"
                     *       ],
                     *       "leftovers": [
                     *         {
                     *           "count": 1,
                     *           "node_id": "out",
                     *           "pin": "value"
                     *         }
                     *       ],
                     *       "never_fired": [],
                     *       "options": {},
                     *       "outputs": {
                     *         "greeting": [
                     *           "Hello, Ada!"
                     *         ]
                     *       },
                     *       "parent_firing": 1,
                     *       "parent_node_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "parent_run_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "root_run_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "run_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "started_at": "2026-01-31T12:00:00Z",
                     *       "status": "completed",
                     *       "wake_at": null
                     *     }
                     */
                    "application/json": components["schemas"]["RunDetails"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    change_run: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                run_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "labels": [
                 *         "checked"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["RunChange"];
            };
        };
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "labels": [
                     *         "nightly"
                     *       ],
                     *       "run_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11"
                     *     }
                     */
                    "application/json": components["schemas"]["RunLabels"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    cancel_run: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "run_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "status": "queued"
                     *     }
                     */
                    "application/json": components["schemas"]["RunAccepted"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    read_run_costs: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before */
                cursor?: string | null;
                /** @description How many at most */
                limit?: number;
            };
            header?: never;
            path: {
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "charges": 3,
                     *           "cost": {
                     *             "credits": 0.15,
                     *             "usd_micros": 1500
                     *           },
                     *           "node_id": "out"
                     *         }
                     *       ],
                     *       "next_cursor": null,
                     *       "total": {
                     *         "credits": 0.15,
                     *         "usd_micros": 1500
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["NodeCosts"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    read_events: {
        parameters: {
            query?: {
                /** @description The number of the last event you have */
                after?: number;
                limit?: number;
            };
            header?: never;
            path: {
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "is_end": true,
                     *       "items": [
                     *         {
                     *           "at": "2026-01-31T12:00:00Z",
                     *           "data": {
                     *             "status": "running"
                     *           },
                     *           "firing": null,
                     *           "kind": "state",
                     *           "node_id": null,
                     *           "run_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "seq": 1
                     *         }
                     *       ],
                     *       "next_after": 1
                     *     }
                     */
                    "application/json": components["schemas"]["RunEvents"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    read_nodes: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "after": 1,
                     *       "items": [
                     *         {
                     *           "block_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "completed": 1,
                     *           "cost": {
                     *             "credits": 0.15,
                     *             "usd_micros": 1500
                     *           },
                     *           "duration_ms": 12.5,
                     *           "failed": 1,
                     *           "last_error": {
                     *             "code": "block_failed",
                     *             "firing": 1,
                     *             "message": "The input 'name' is missing."
                     *           },
                     *           "name": "Greeting",
                     *           "node_id": "out",
                     *           "retried": 1,
                     *           "running": 1,
                     *           "started": 1,
                     *           "status": "completed",
                     *           "waiting": 1
                     *         }
                     *       ],
                     *       "run_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11"
                     *     }
                     */
                    "application/json": components["schemas"]["RunNodes"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    list_firings: {
        parameters: {
            query?: {
                /** @description `next_after` of the page before */
                after?: number;
                /** @description How many at most */
                limit?: number;
                /** @description Any of these */
                status?: components["schemas"]["FiringStatus"][];
            };
            header?: never;
            path: {
                node_id: string;
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "attempts": 1,
                     *           "cost": {
                     *             "credits": 0.15,
                     *             "usd_micros": 1500
                     *           },
                     *           "duration_ms": 12.5,
                     *           "ended_at": "2026-01-31T12:00:00Z",
                     *           "error": null,
                     *           "firing": 1,
                     *           "item": [],
                     *           "started_at": "2026-01-31T12:00:00Z",
                     *           "status": "completed"
                     *         }
                     *       ],
                     *       "next_after": 1
                     *     }
                     */
                    "application/json": components["schemas"]["Firings"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    read_firing: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                firing: number;
                node_id: string;
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "attempts": 1,
                     *       "child_run_ids": [
                     *         "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11"
                     *       ],
                     *       "cost": {
                     *         "credits": 0.15,
                     *         "usd_micros": 1500
                     *       },
                     *       "duration_ms": 12.5,
                     *       "ended_at": "2026-01-31T12:00:00Z",
                     *       "error": null,
                     *       "firing": 1,
                     *       "has_more_outputs": true,
                     *       "inputs": {},
                     *       "item": [],
                     *       "outputs": {},
                     *       "started_at": "2026-01-31T12:00:00Z",
                     *       "status": "completed",
                     *       "waits_for": {
                     *         "child_run_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *         "kind": "person",
                     *         "review_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *         "until": "2026-01-31T12:00:00Z"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["FiringDetails"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    list_values: {
        parameters: {
            query?: {
                /** @description `next_after` of the page before */
                after?: number;
                /** @description Of this firing only */
                firing?: number | null;
                /** @description How many at most */
                limit?: number;
            };
            header?: never;
            path: {
                node_id: string;
                pin: string;
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "firing": 1,
                     *           "index": 1,
                     *           "seq": 1,
                     *           "value": "Ada"
                     *         }
                     *       ],
                     *       "next_after": 1
                     *     }
                     */
                    "application/json": components["schemas"]["Values"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    retry_run: {
        parameters: {
            query?: never;
            header?: {
                /** @description A repeated request with the same key makes nothing new */
                "Idempotency-Key"?: string | null;
            };
            path: {
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "wait": 30
                 *     }
                 */
                "application/json": components["schemas"]["Retry"] | null;
            };
        };
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "answer": {
                     *         "body": {
                     *           "accepted": true
                     *         },
                     *         "headers": {
                     *           "X-Order": "7"
                     *         },
                     *         "status": 200
                     *       },
                     *       "cost": {
                     *         "credits": 0.15,
                     *         "usd_micros": 1500
                     *       },
                     *       "duration_ms": 12.5,
                     *       "errors": [
                     *         {
                     *           "code": "block_failed",
                     *           "exchange": {
                     *             "duration_ms": 84.2,
                     *             "method": "GET",
                     *             "request_body": "",
                     *             "request_headers": {
                     *               "accept": "application/json",
                     *               "authorization": "Bearer ***"
                     *             },
                     *             "request_size_bytes": 0,
                     *             "response_body": "{\"message\": \"no such board\"}",
                     *             "response_headers": {
                     *               "content-type": "application/json"
                     *             },
                     *             "response_size_bytes": 28,
                     *             "status": 404,
                     *             "url": "https://api.example.com/boards?page=2"
                     *           },
                     *           "firing": 1,
                     *           "item": [],
                     *           "message": "division by zero",
                     *           "node_id": "out",
                     *           "node_name": "Result"
                     *         }
                     *       ],
                     *       "leftovers": [
                     *         {
                     *           "count": 1,
                     *           "node_id": "out",
                     *           "pin": "value"
                     *         }
                     *       ],
                     *       "never_fired": [],
                     *       "outputs": {
                     *         "greeting": [
                     *           "Hello, Ada!"
                     *         ]
                     *       },
                     *       "run_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "status": "completed"
                     *     }
                     */
                    "application/json": components["schemas"]["RunResult"];
                };
            };
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "run_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "status": "queued"
                     *     }
                     */
                    "application/json": components["schemas"]["RunAccepted"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    stream_run: {
        parameters: {
            query?: {
                /** @description The number of the last event you have */
                after?: number;
            };
            header?: {
                /** @description Instead of `after` */
                "Last-Event-ID"?: string | null;
            };
            path: {
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Events */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["ServerSentEvent"];
                };
            };
            /** @description The run has ended, and there is nothing behind `after` */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            503: components["responses"]["Away"];
        };
    };
    read_value: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                run_id: string;
                value_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description The value */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example Hello, Ada! */
                    "application/json": unknown;
                };
            };
            503: components["responses"]["Away"];
        };
    };
    list_schedules: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before */
                cursor?: string | null;
                /** @description Of this graph only */
                graph_id?: string | null;
                /** @description How many at most */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "created_at": "2026-01-31T12:00:00Z",
                     *           "cron": "30 9 * * MON-FRI",
                     *           "description": "At 09:30 on Monday through Friday",
                     *           "graph_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "graph_name": "Greeting",
                     *           "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "inputs": {
                     *             "name": "Ada"
                     *           },
                     *           "is_active": true,
                     *           "is_waiting": true,
                     *           "last_at": "2026-01-31T12:00:00Z",
                     *           "last_outcome": "started",
                     *           "last_run_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "missed": 0,
                     *           "name": "Every morning",
                     *           "next_times": [
                     *             "2026-01-30T08:30:00Z"
                     *           ],
                     *           "overlap": "skip",
                     *           "problem": "",
                     *           "timezone": "Europe/Berlin",
                     *           "updated_at": "2026-01-31T12:00:00Z"
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["Page_ScheduleView_"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    create_schedule: {
        parameters: {
            query?: never;
            header?: {
                /** @description A repeated request with the same key makes nothing new */
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "cron": "30 9 * * MON-FRI",
                 *       "graph_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                 *       "inputs": {
                 *         "name": "Ada"
                 *       },
                 *       "is_active": true,
                 *       "name": "Every morning",
                 *       "overlap": "skip",
                 *       "timezone": "Europe/Berlin"
                 *     }
                 */
                "application/json": components["schemas"]["ScheduleBody"];
            };
        };
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "created_at": "2026-01-31T12:00:00Z",
                     *       "cron": "30 9 * * MON-FRI",
                     *       "description": "At 09:30 on Monday through Friday",
                     *       "graph_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "graph_name": "Greeting",
                     *       "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "inputs": {
                     *         "name": "Ada"
                     *       },
                     *       "is_active": true,
                     *       "is_waiting": true,
                     *       "last_at": "2026-01-31T12:00:00Z",
                     *       "last_outcome": "started",
                     *       "last_run_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "missed": 0,
                     *       "name": "Every morning",
                     *       "next_times": [
                     *         "2026-01-30T08:30:00Z"
                     *       ],
                     *       "overlap": "skip",
                     *       "problem": "",
                     *       "timezone": "Europe/Berlin",
                     *       "updated_at": "2026-01-31T12:00:00Z"
                     *     }
                     */
                    "application/json": components["schemas"]["ScheduleView"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    read_schedule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                schedule_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "created_at": "2026-01-31T12:00:00Z",
                     *       "cron": "30 9 * * MON-FRI",
                     *       "description": "At 09:30 on Monday through Friday",
                     *       "graph_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "graph_name": "Greeting",
                     *       "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "inputs": {
                     *         "name": "Ada"
                     *       },
                     *       "is_active": true,
                     *       "is_waiting": true,
                     *       "last_at": "2026-01-31T12:00:00Z",
                     *       "last_outcome": "started",
                     *       "last_run_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "missed": 0,
                     *       "name": "Every morning",
                     *       "next_times": [
                     *         "2026-01-30T08:30:00Z"
                     *       ],
                     *       "overlap": "skip",
                     *       "problem": "",
                     *       "timezone": "Europe/Berlin",
                     *       "updated_at": "2026-01-31T12:00:00Z"
                     *     }
                     */
                    "application/json": components["schemas"]["ScheduleView"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    delete_schedule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                schedule_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            503: components["responses"]["Away"];
        };
    };
    change_schedule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                schedule_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "cron": "30 9 * * MON-FRI",
                 *       "inputs": {
                 *         "name": "Ada"
                 *       },
                 *       "is_active": true,
                 *       "name": "Greeting",
                 *       "overlap": "skip",
                 *       "timezone": "Europe/Berlin"
                 *     }
                 */
                "application/json": components["schemas"]["ScheduleChange"];
            };
        };
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "created_at": "2026-01-31T12:00:00Z",
                     *       "cron": "30 9 * * MON-FRI",
                     *       "description": "At 09:30 on Monday through Friday",
                     *       "graph_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "graph_name": "Greeting",
                     *       "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "inputs": {
                     *         "name": "Ada"
                     *       },
                     *       "is_active": true,
                     *       "is_waiting": true,
                     *       "last_at": "2026-01-31T12:00:00Z",
                     *       "last_outcome": "started",
                     *       "last_run_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "missed": 0,
                     *       "name": "Every morning",
                     *       "next_times": [
                     *         "2026-01-30T08:30:00Z"
                     *       ],
                     *       "overlap": "skip",
                     *       "problem": "",
                     *       "timezone": "Europe/Berlin",
                     *       "updated_at": "2026-01-31T12:00:00Z"
                     *     }
                     */
                    "application/json": components["schemas"]["ScheduleView"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    run_schedule_now: {
        parameters: {
            query?: never;
            header?: {
                /** @description A repeated request with the same key makes nothing new */
                "Idempotency-Key"?: string | null;
            };
            path: {
                schedule_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "run_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "status": "queued"
                     *     }
                     */
                    "application/json": components["schemas"]["RunAccepted"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    preview_schedule: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "cron": "30 9 * * MON-FRI",
                 *       "timezone": "Europe/Berlin"
                 *     }
                 */
                "application/json": components["schemas"]["CronBody"];
            };
        };
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "cron": "30 9 * * MON-FRI",
                     *       "description": "At 09:30 on Monday through Friday",
                     *       "next_times": [
                     *         "2026-01-30T08:30:00Z"
                     *       ],
                     *       "timezone": "Europe/Berlin"
                     *     }
                     */
                    "application/json": components["schemas"]["CronPreview"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    read_setup: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "is_open": true
                     *     }
                     */
                    "application/json": components["schemas"]["SetupState"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    set_up: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.com",
                 *       "name": "Ada Lovelace",
                 *       "password": "correct horse battery",
                 *       "token": "pZ0mT6b6b0uYk3o2l9mXo1Qn5w7vJ4c8s2dR1fE0gHh"
                 *     }
                 */
                "application/json": components["schemas"]["Setup"];
            };
        };
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "email": "ada@example.com",
                     *       "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "name": "Greeting",
                     *       "role": "editor"
                     *     }
                     */
                    "application/json": components["schemas"]["UserView"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    read_status: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "blocks": 1,
                     *       "database": "embedded",
                     *       "graph_names": {
                     *         "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11": "Greeting"
                     *       },
                     *       "last_runs": [
                     *         {
                     *           "cost": {
                     *             "credits": 0.15,
                     *             "usd_micros": 1500
                     *           },
                     *           "created_at": "2026-01-31T12:00:00Z",
                     *           "duration_ms": 12.5,
                     *           "ended_at": "2026-01-31T12:00:00Z",
                     *           "error": null,
                     *           "from_node_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "from_run_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "graph_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "graph_name": "Greeting",
                     *           "graph_version": 1,
                     *           "labels": [
                     *             "nightly"
                     *           ],
                     *           "parent_firing": 1,
                     *           "parent_node_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "parent_run_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "run_id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "started_at": "2026-01-31T12:00:00Z",
                     *           "status": "completed",
                     *           "wake_at": "2026-01-31T12:00:00Z"
                     *         }
                     *       ],
                     *       "open_reviews": 1,
                     *       "queue": 1,
                     *       "runs": {
                     *         "completed": 12,
                     *         "running": 1
                     *       },
                     *       "uptime_s": 1,
                     *       "version": "0.1.0",
                     *       "workers": 1
                     *     }
                     */
                    "application/json": components["schemas"]["Status"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    list_templates: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "description": "Greets whoever is named",
                     *           "name": "Greeting",
                     *           "nodes": 1,
                     *           "tags": [
                     *             "text"
                     *           ],
                     *           "title": "Calculator"
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["Page_TemplateRow_"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    read_template: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "description": "Greets whoever is named",
                     *       "graph": {
                     *         "links": [
                     *           {
                     *             "id": "l1",
                     *             "sink_id": "out",
                     *             "sink_name": "value",
                     *             "source_id": "in",
                     *             "source_name": "result"
                     *           }
                     *         ],
                     *         "name": "Greeting",
                     *         "nodes": [
                     *           {
                     *             "block_id": "7fcd3bcb-8e1b-4e69-903d-32d3d4a92158",
                     *             "id": "in",
                     *             "input_default": {
                     *               "name": "name"
                     *             }
                     *           },
                     *           {
                     *             "block_id": "363ae599-353e-4804-937e-b2ee3cef3da4",
                     *             "id": "out",
                     *             "input_default": {
                     *               "name": "greeting"
                     *             }
                     *           }
                     *         ]
                     *       },
                     *       "name": "Greeting",
                     *       "nodes": 1,
                     *       "tags": [
                     *         "text"
                     *       ],
                     *       "title": "Calculator"
                     *     }
                     */
                    "application/json": components["schemas"]["TemplateView"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    use_template: {
        parameters: {
            query?: never;
            header?: {
                /** @description A repeated request with the same key makes nothing new */
                "Idempotency-Key"?: string | null;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "folder": "",
                 *       "name": "Greeting"
                 *     }
                 */
                "application/json": components["schemas"]["TemplateRequest"] | null;
            };
        };
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "problems": [
                     *         {
                     *           "cure": "Give it a value.",
                     *           "message": "The input 'name' is missing.",
                     *           "node_id": "out",
                     *           "path": "inputs.name",
                     *           "pin": "value"
                     *         }
                     *       ],
                     *       "version": 1
                     *     }
                     */
                    "application/json": components["schemas"]["GraphSaved"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    list_users: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before */
                cursor?: string | null;
                /** @description How many at most */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "created_at": "2026-01-31T12:00:00Z",
                     *           "email": "ada@example.com",
                     *           "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *           "is_active": true,
                     *           "name": "Greeting",
                     *           "role": "editor"
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["Page_PersonView_"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    create_user: {
        parameters: {
            query?: never;
            header?: {
                /** @description A repeated request with the same key makes nothing new */
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.com",
                 *       "name": "Ada Lovelace",
                 *       "password": "correct horse battery",
                 *       "role": "editor"
                 *     }
                 */
                "application/json": components["schemas"]["NewPerson"];
            };
        };
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "created_at": "2026-01-31T12:00:00Z",
                     *       "email": "ada@example.com",
                     *       "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "is_active": true,
                     *       "name": "Greeting",
                     *       "password": "correct horse battery",
                     *       "role": "editor"
                     *     }
                     */
                    "application/json": components["schemas"]["PersonMade"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    read_user: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "created_at": "2026-01-31T12:00:00Z",
                     *       "email": "ada@example.com",
                     *       "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "is_active": true,
                     *       "name": "Greeting",
                     *       "role": "editor"
                     *     }
                     */
                    "application/json": components["schemas"]["PersonView"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    change_user: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "is_active": true,
                 *       "name": "Greeting",
                 *       "role": "editor"
                 *     }
                 */
                "application/json": components["schemas"]["PersonChange"];
            };
        };
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "created_at": "2026-01-31T12:00:00Z",
                     *       "email": "ada@example.com",
                     *       "id": "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11",
                     *       "is_active": true,
                     *       "name": "Greeting",
                     *       "role": "editor"
                     *     }
                     */
                    "application/json": components["schemas"]["PersonView"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    reset_password: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "password": "correct horse battery",
                     *       "sessions_ended": 1
                     *     }
                     */
                    "application/json": components["schemas"]["PasswordMade"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
    read_wizard: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            "4XX": components["responses"]["Refused"];
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "is_done": true,
                     *       "next_step": "graph",
                     *       "steps": [
                     *         {
                     *           "help": "Begin with a template, or with nothing.",
                     *           "href": "/graphs/new",
                     *           "is_done": true,
                     *           "is_optional": true,
                     *           "key": "graph",
                     *           "title": "Make a graph"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Wizard"];
                };
            };
            503: components["responses"]["Away"];
        };
    };
}
