//! The tables as diesel sees them. Kept by hand beside `migrations/`; the test
//! `the_schema_file_agrees_with_the_database` compares the two.
#![allow(missing_docs)]

diesel::table! {
    account_moves (account_id) {
        account_id -> Int8,
        target_id -> Int8,
        at -> Timestamptz,
    }
}

diesel::table! {
    account_restraints (id) {
        id -> Int8,
        account_id -> Int8,
        kind -> Int2,
        source -> Int2,
        reason -> Text,
        since -> Timestamptz,
        until -> Nullable<Timestamptz>,
        lifted_at -> Nullable<Timestamptz>,
        lifted_by -> Nullable<Int8>,
    }
}

diesel::table! {
    account_stats (account_id) {
        account_id -> Int8,
        statuses_count -> Int8,
        following_count -> Int8,
        followers_count -> Int8,
        last_status_at -> Nullable<Timestamptz>,
        remote_statuses_count -> Int8,
        remote_following_count -> Int8,
        remote_followers_count -> Int8,
    }
}

diesel::table! {
    accounts (id) {
        id -> Int8,
        host_id -> Nullable<Int8>,
        username -> Text,
        handle_domain -> Nullable<Text>,
        uri -> Nullable<Text>,
        uri_hash -> Nullable<Uuid>,
        url -> Nullable<Text>,
        display_name -> Text,
        note_html -> Text,
        note_source -> Nullable<Text>,
        fields -> Jsonb,
        kind -> Int2,
        locked -> Bool,
        discoverable -> Bool,
        indexable -> Bool,
        hide_collections -> Bool,
        avatar_path -> Nullable<Text>,
        header_path -> Nullable<Text>,
        avatar_remote_url -> Nullable<Text>,
        header_remote_url -> Nullable<Text>,
        avatar_description -> Text,
        header_description -> Text,
        also_known_as -> Array<Text>,
        moved_to_id -> Nullable<Int8>,
        flags -> Int4,
        version -> Int4,
        sanitiser_version -> Int2,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        fetched_at -> Nullable<Timestamptz>,
        emojis -> Nullable<Jsonb>,
    }
}

diesel::table! {
    activities (id) {
        id -> Int8,
        actor_id -> Int8,
        kind -> Int2,
        subject_id -> Int8,
        document -> Text,
        recipients -> Int4,
        delivered -> Int4,
        dropped -> Int4,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    actor_endpoints (account_id) {
        account_id -> Int8,
        inbox -> Text,
        shared_inbox -> Nullable<Text>,
        outbox -> Nullable<Text>,
        followers -> Nullable<Text>,
        following -> Nullable<Text>,
        featured -> Nullable<Text>,
    }
}

diesel::table! {
    actor_keys (account_id) {
        account_id -> Int8,
        key_uri -> Nullable<Text>,
        public_key_pem -> Text,
        private_key -> Nullable<Bytea>,
        created_at -> Timestamptz,
        fetched_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    address_blocks (id) {
        id -> Int8,
        digest -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    left_open (application_id, question_version_id) {
        application_id -> Int8,
        question_version_id -> Int8,
    }
}

diesel::table! {
    answer_marks (application_id, mark) {
        application_id -> Int8,
        mark -> Int2,
        hash -> Int8,
    }
}

diesel::table! {
    applicant_profiles (user_id) {
        user_id -> Int8,
        display_name -> Text,
        note -> Text,
        fields -> Jsonb,
        locked -> Bool,
        avatar_path -> Nullable<Text>,
        header_path -> Nullable<Text>,
        edits_on -> Nullable<Date>,
        edits -> Int4,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    application_answers (application_id, question_version_id) {
        application_id -> Int8,
        question_version_id -> Int8,
        position -> Int2,
        wording -> Text,
        value -> Text,
    }
}

diesel::table! {
    application_claims (application_id) {
        application_id -> Int8,
        user_id -> Int8,
        until -> Timestamptz,
    }
}

diesel::table! {
    application_hints (application_id) {
        application_id -> Int8,
        kinds -> Array<Text>,
    }
}

diesel::table! {
    application_messages (id) {
        id -> Int8,
        application_id -> Int8,
        kind -> Int2,
        author_id -> Nullable<Int8>,
        body -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    application_traits (application_id) {
        application_id -> Int8,
        mail_state -> Int2,
        mail_host -> Nullable<Text>,
        trap_filled -> Bool,
        answers_digest -> Nullable<Bytea>,
        minhash -> Nullable<Bytea>,
    }
}

diesel::table! {
    application_views (application_id, hash) {
        application_id -> Int8,
        hash -> Bytea,
        seen -> Jsonb,
        at -> Timestamptz,
    }
}

diesel::table! {
    applications (id) {
        id -> Int8,
        user_id -> Int8,
        state -> Int2,
        version -> Int4,
        snapshot_hash -> Nullable<Bytea>,
        mode -> Int2,
        lane -> Int2,
        put_off_until -> Nullable<Timestamptz>,
        remark -> Nullable<Text>,
        locale -> Text,
        network -> Nullable<Inet>,
        mail_domain -> Nullable<Text>,
        fill_seconds -> Nullable<Int4>,
        submitted_at -> Timestamptz,
        confirmed_at -> Nullable<Timestamptz>,
        read_at -> Nullable<Timestamptz>,
        read_by -> Nullable<Int8>,
        decided_at -> Nullable<Timestamptz>,
        decided_by -> Nullable<Int8>,
        decision_message -> Nullable<Text>,
        told -> Bool,
        erase_at -> Nullable<Timestamptz>,
        put_offs -> Int2,
        appealed_at -> Nullable<Timestamptz>,
        elsewhere -> Nullable<Text>,
        proof -> Int2,
        event_code_id -> Nullable<Int8>,
        cluster_id -> Nullable<Int8>,
        shown -> Nullable<Int2>,
        reminded_at -> Nullable<Timestamptz>,
        response_from -> Nullable<Timestamptz>,
        waits_from -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    apps (id) {
        id -> Int8,
        name -> Text,
        website -> Nullable<Text>,
        redirect_uris -> Array<Text>,
        scopes -> Text,
        client_id -> Text,
        secret_digest -> Bytea,
        automation -> Bool,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    audit_checkpoints (id) {
        id -> Int8,
        at -> Timestamptz,
        last_id -> Int8,
        last_hash -> Bytea,
    }
}

diesel::table! {
    audit_log (id) {
        id -> Int8,
        at -> Timestamptz,
        actor_user_id -> Nullable<Int8>,
        act -> Text,
        subject_kind -> Text,
        subject_id -> Nullable<Int8>,
        detail -> Jsonb,
        inverse -> Nullable<Jsonb>,
        previous_hash -> Nullable<Bytea>,
        hash -> Bytea,
    }
}

diesel::table! {
    author_standing (account_id) {
        account_id -> Int8,
        known_here_at -> Nullable<Timestamptz>,
        known_elsewhere_at -> Nullable<Timestamptz>,
        established_at -> Nullable<Timestamptz>,
        word -> Nullable<Int2>,
        word_by -> Nullable<Int8>,
        word_at -> Nullable<Timestamptz>,
        looked_at -> Nullable<Timestamptz>,
        told_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    away_letters (episode_id, stage, user_id) {
        episode_id -> Int8,
        stage -> Int2,
        user_id -> Int8,
    }
}

diesel::table! {
    blocks (account_id, target_id) {
        account_id -> Int8,
        target_id -> Int8,
        id -> Int8,
        uri -> Nullable<Text>,
    }
}

diesel::table! {
    bookmarks (account_id, status_id) {
        account_id -> Int8,
        status_id -> Int8,
        id -> Int8,
    }
}

diesel::table! {
    branch_cuts (id) {
        id -> Int8,
        node_id -> Int8,
        actor_id -> Nullable<Int8>,
        kind -> Int2,
        reason -> Text,
        frozen -> Array<Int8>,
        restrained -> Array<Int8>,
        bulks -> Array<Int8>,
        turned_down -> Int4,
        protected -> Array<Text>,
        created_at -> Timestamptz,
        mended_at -> Nullable<Timestamptz>,
        mended_by -> Nullable<Int8>,
    }
}

diesel::table! {
    bulk_decisions (id) {
        id -> Int8,
        actor_id -> Nullable<Int8>,
        act -> Int2,
        message -> Nullable<Text>,
        told -> Bool,
        picks -> Jsonb,
        total -> Int4,
        done -> Jsonb,
        left_out -> Jsonb,
        created_at -> Timestamptz,
        finished_at -> Nullable<Timestamptz>,
        undone_at -> Nullable<Timestamptz>,
        undone_by -> Nullable<Int8>,
    }
}

diesel::table! {
    cached_media (id) {
        id -> Int8,
        kind -> Int2,
        source_id -> Int8,
        url_hash -> Uuid,
        host_id -> Int8,
        state -> Int2,
        path -> Nullable<Text>,
        preview_path -> Nullable<Text>,
        bytes -> Int8,
        fails -> Int2,
        holder -> Nullable<Uuid>,
        until -> Nullable<Timestamptz>,
        last_used_on -> Date,
        fetched_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    check_in_links (id) {
        id -> Int8,
        digest -> Bytea,
        user_id -> Int8,
        episode_id -> Int8,
        stage -> Int2,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
        signed_in -> Bool,
    }
}

diesel::table! {
    conversation_mutes (account_id, conversation_id) {
        account_id -> Int8,
        conversation_id -> Int8,
    }
}

diesel::table! {
    conversations (id) {
        id -> Int8,
        uri_hash -> Nullable<Uuid>,
        merged_into -> Nullable<Int8>,
    }
}

diesel::table! {
    decision_memory (id) {
        id -> Int8,
        key_id -> Int2,
        kind -> Int2,
        keyed -> Bytea,
        decision -> Int2,
        decided_at -> Timestamptz,
        until -> Timestamptz,
    }
}

diesel::table! {
    decision_presets (id) {
        id -> Int8,
        kind -> Int2,
        title -> Text,
        body -> Text,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    deliveries (host_id, activity_id, inbox_id) {
        host_id -> Int8,
        activity_id -> Int8,
        inbox_id -> Int8,
        attempts -> Int2,
        retry_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    delivery_hosts (host_id) {
        host_id -> Int8,
        waiting -> Int4,
        due_at -> Nullable<Timestamptz>,
        holder -> Nullable<Uuid>,
        fails -> Int4,
        failing_since -> Nullable<Timestamptz>,
        dead_since -> Nullable<Timestamptz>,
        revived_at -> Nullable<Timestamptz>,
        tried_at -> Nullable<Timestamptz>,
        delivered_at -> Nullable<Timestamptz>,
        delivered -> Int8,
        signature -> Int2,
        last_error -> Nullable<Text>,
    }
}

diesel::table! {
    delivery_refusals (activity_id, inbox_id) {
        activity_id -> Int8,
        inbox_id -> Int8,
        host_id -> Int8,
        status -> Int2,
        at -> Timestamptz,
    }
}

diesel::table! {
    deputies (user_id) {
        user_id -> Int8,
        named_by -> Nullable<Int8>,
        told -> Bool,
        named_at -> Timestamptz,
        called_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    deputy_acts (id) {
        id -> Int8,
        user_id -> Nullable<Int8>,
        kind -> Nullable<Int2>,
        account_id -> Nullable<Int8>,
        policy_id -> Nullable<Int8>,
        at -> Timestamptz,
        until -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
        kept_by -> Nullable<Int8>,
    }
}

diesel::table! {
    destructive_acts (id) {
        id -> Int8,
        actor_id -> Int8,
        act -> Text,
        wish -> Nullable<Jsonb>,
        words -> Nullable<Text>,
        created_at -> Timestamptz,
        due_at -> Nullable<Timestamptz>,
        ended_at -> Nullable<Timestamptz>,
        ended_by -> Nullable<Int8>,
        outcome -> Nullable<Text>,
    }
}

diesel::table! {
    domain_policies (id) {
        id -> Int8,
        host_id -> Int8,
        kind -> Int2,
        source -> Int2,
        public_comment -> Text,
        private_comment -> Text,
        since -> Timestamptz,
        until -> Nullable<Timestamptz>,
        lifted_at -> Nullable<Timestamptz>,
        lifted_by -> Nullable<Int8>,
        reject_media -> Bool,
        reject_reports -> Bool,
        obfuscate -> Bool,
    }
}

diesel::table! {
    domain_allows (id) {
        id -> Int8,
        domain -> Text,
        created_by -> Nullable<Int8>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    account_domain_blocks (account_id, domain) {
        account_id -> Int8,
        domain -> Text,
        id -> Int8,
    }
}

diesel::table! {
    door_days (day, what) {
        day -> Date,
        what -> Int2,
        count -> Int4,
    }
}

diesel::table! {
    door_waits (day, step) {
        day -> Date,
        step -> Int2,
        count -> Int4,
    }
}

diesel::table! {
    event_codes (id) {
        id -> Int8,
        code -> Text,
        title -> Text,
        uses -> Int4,
        used -> Int4,
        network -> Nullable<Inet>,
        starts_at -> Timestamptz,
        ends_at -> Timestamptz,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    handle_domains (domain, host_id) {
        domain -> Text,
        host_id -> Int8,
    }
}

diesel::table! {
    heir_letters (notice_id, user_id) {
        notice_id -> Int8,
        user_id -> Int8,
    }
}

diesel::table! {
    heir_notices (id) {
        id -> Int8,
        heir_id -> Int8,
        episode_id -> Int8,
        begun_at -> Timestamptz,
        until -> Timestamptz,
        uptime_millis -> Int8,
        ended_at -> Nullable<Timestamptz>,
        ending -> Nullable<Int2>,
    }
}

diesel::table! {
    heirs (id) {
        id -> Int8,
        user_id -> Nullable<Int8>,
        offered_by -> Nullable<Int8>,
        offered_at -> Timestamptz,
        accepted_at -> Nullable<Timestamptz>,
        letter -> Nullable<Bytea>,
        tries -> Int2,
        tried_from -> Nullable<Timestamptz>,
        ended_at -> Nullable<Timestamptz>,
        ending -> Nullable<Int2>,
    }
}

diesel::table! {
    hint_days (day, hint, approved) {
        day -> Date,
        hint -> Text,
        approved -> Bool,
        count -> Int4,
    }
}

diesel::table! {
    host_sweeps (host_id) {
        host_id -> Int8,
        cursor -> Int8,
        asked_at -> Timestamptz,
        severance_id -> Nullable<Int8>,
    }
}

diesel::table! {
    invite_allowances (user_id) {
        user_id -> Int8,
        live -> Int4,
        uses -> Int4,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    invite_nodes (id) {
        id -> Int8,
        user_id -> Nullable<Int8>,
        parent_id -> Nullable<Int8>,
        invite_id -> Nullable<Int8>,
        bypass -> Bool,
        key_id -> Int2,
        keyed -> Bytea,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    invites (id) {
        id -> Int8,
        code -> Text,
        user_id -> Int8,
        uses -> Int4,
        used -> Int4,
        note -> Text,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        revoked_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    lift_wishes (episode_id, stage, user_id) {
        episode_id -> Int8,
        stage -> Int2,
        user_id -> Int8,
        at -> Timestamptz,
    }
}

diesel::table! {
    mail_blocks (id) {
        id -> Int8,
        domain -> Text,
        hosts -> Bool,
        severity -> Int2,
        comment -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    mail_counts (at, kind, failed) {
        at -> Timestamptz,
        kind -> Int2,
        failed -> Bool,
        count -> Int4,
    }
}

diesel::table! {
    name_blocks (id) {
        id -> Int8,
        pattern -> Text,
        whole -> Bool,
        severity -> Int2,
        comment -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    network_blocks (id) {
        id -> Int8,
        network -> Inet,
        severity -> Int2,
        comment -> Text,
        created_at -> Timestamptz,
        expires_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    parting_addresses (id) {
        id -> Int8,
        email -> Text,
        username -> Text,
        locale -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    passkeys (id) {
        id -> Int8,
        user_id -> Int8,
        credential_id -> Bytea,
        credential -> Jsonb,
        name -> Text,
        created_at -> Timestamptz,
        last_used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    recovery_codes (user_id, digest) {
        user_id -> Int8,
        digest -> Bytea,
        created_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    seals (id) {
        id -> Int8,
        since -> Timestamptz,
        until -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    severances (id) {
        id -> Int8,
        kind -> Int2,
        domain -> Text,
        account_id -> Nullable<Int8>,
        policy_id -> Nullable<Int8>,
        created_at -> Timestamptz,
        told_at -> Nullable<Timestamptz>,
        restoring_at -> Nullable<Timestamptz>,
        restored_at -> Nullable<Timestamptz>,
        parting_at -> Nullable<Timestamptz>,
        parted_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    severed_follows (id) {
        id -> Int8,
        severance_id -> Int8,
        account_id -> Int8,
        other_id -> Int8,
        follows -> Bool,
        state -> Int2,
        uri -> Nullable<Text>,
        flags -> Int4,
        languages -> Nullable<Array<Text>>,
        followed_at -> Timestamptz,
        restored_at -> Nullable<Timestamptz>,
        follow_id -> Nullable<Int8>,
        parted_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    doomed_files (path) {
        path -> Text,
        doomed_at -> Timestamptz,
    }
}

diesel::table! {
    door_history (id) {
        id -> Int8,
        at -> Timestamptz,
        from_mode -> Nullable<Int2>,
        to_mode -> Int2,
        reason -> Int2,
    }
}

diesel::table! {
    draft_media (id) {
        id -> Int8,
        user_id -> Int8,
        draft_id -> Nullable<Int8>,
        position -> Int2,
        path -> Text,
        mime -> Text,
        size -> Int4,
        width -> Nullable<Int4>,
        height -> Nullable<Int4>,
        blurhash -> Nullable<Text>,
        description -> Text,
        created_at -> Timestamptz,
        focus_x -> Nullable<Float4>,
        focus_y -> Nullable<Float4>,
    }
}

diesel::table! {
    drafts (id) {
        id -> Int8,
        user_id -> Int8,
        text -> Text,
        spoiler_text -> Text,
        sensitive -> Bool,
        visibility -> Int2,
        language -> Nullable<Text>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        poll -> Nullable<Jsonb>,
    }
}

diesel::table! {
    ended_follows (id) {
        id -> Int8,
        uri -> Text,
        at -> Timestamptz,
    }
}

diesel::table! {
    episodes (id) {
        id -> Int8,
        kind -> Int2,
        stage -> Int2,
        version -> Int4,
        since -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
        stage_since -> Timestamptz,
        warned -> Int2,
        uptime_millis -> Int8,
        guarded_at -> Nullable<Timestamptz>,
        sealed_at -> Nullable<Timestamptz>,
        distress_at -> Nullable<Timestamptz>,
        ended_by -> Nullable<Int8>,
    }
}

diesel::table! {
    events (id) {
        id -> Int8,
        lane -> Int2,
        kind -> Int2,
        subject_id -> Int8,
        actor_id -> Int8,
        extra -> Nullable<Int8>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    follows (id) {
        id -> Int8,
        account_id -> Int8,
        target_id -> Int8,
        state -> Int2,
        uri -> Nullable<Text>,
        flags -> Int4,
        languages -> Nullable<Array<Text>>,
        created_at -> Timestamptz,
        follower_host_id -> Nullable<Int8>,
    }
}

diesel::table! {
    graveyard (id) {
        id -> Int8,
        kind -> Int2,
        subject_id -> Int8,
        actor_id -> Int8,
        document -> Jsonb,
        deleted_by -> Nullable<Int8>,
        deleted_at -> Timestamptz,
        until -> Timestamptz,
    }
}

diesel::table! {
    held_activities (id) {
        id -> Int8,
        uri_hash -> Uuid,
        host_id -> Int8,
        actor_uri -> Text,
        document -> Text,
        reason -> Int2,
        received_at -> Timestamptz,
        until -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    hosts (id) {
        id -> Int8,
        domain -> Text,
        software -> Nullable<Text>,
        version -> Nullable<Text>,
        flags -> Int4,
        first_seen_at -> Timestamptz,
        last_seen_at -> Nullable<Timestamptz>,
        nodeinfo_at -> Nullable<Timestamptz>,
        flooding_until -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    idempotency_keys (user_id, key) {
        user_id -> Int8,
        key -> Text,
        result_id -> Int8,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    inboxes (id) {
        id -> Int8,
        host_id -> Int8,
        url -> Text,
        missing -> Int2,
        gone_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    inbox (id) {
        id -> Int8,
        host_id -> Int8,
        account_id -> Int8,
        uri_hash -> Uuid,
        document -> Text,
        attempts -> Int2,
        run_at -> Timestamptz,
        last_error -> Nullable<Text>,
        failed_at -> Nullable<Timestamptz>,
        received_at -> Timestamptz,
    }
}

diesel::table! {
    instance_secrets (name) {
        name -> Text,
        value -> Bytea,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    instance_settings (key) {
        key -> Text,
        value -> Jsonb,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    jobs (id) {
        id -> Int8,
        queue -> Int2,
        key -> Nullable<Text>,
        payload -> Jsonb,
        priority -> Int2,
        run_at -> Timestamptz,
        attempts -> Int2,
        locked_until -> Nullable<Timestamptz>,
        locked_by -> Nullable<Uuid>,
        last_error -> Nullable<Text>,
        failed_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    leases (name) {
        name -> Text,
        holder -> Uuid,
        until -> Timestamptz,
    }
}

diesel::table! {
    markers (user_id, timeline) {
        user_id -> Int8,
        timeline -> Int2,
        last_read_id -> Int8,
        version -> Int4,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    media (id) {
        id -> Int8,
        account_id -> Int8,
        status_id -> Nullable<Int8>,
        position -> Int2,
        kind -> Int2,
        state -> Int2,
        path -> Nullable<Text>,
        preview_path -> Nullable<Text>,
        remote_url -> Nullable<Text>,
        mime -> Nullable<Text>,
        size -> Nullable<Int8>,
        width -> Nullable<Int4>,
        height -> Nullable<Int4>,
        duration -> Nullable<Float4>,
        blurhash -> Nullable<Text>,
        focus_x -> Nullable<Float4>,
        focus_y -> Nullable<Float4>,
        description -> Text,
        sha256 -> Nullable<Bytea>,
        perceptual_hash -> Nullable<Int8>,
        last_used_on -> Nullable<Date>,
        created_at -> Timestamptz,
        uploaded -> Nullable<Int8>,
    }
}

diesel::table! {
    mutes (account_id, target_id) {
        account_id -> Int8,
        target_id -> Int8,
        id -> Int8,
        notifications -> Bool,
        until -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    names (canonical) {
        canonical -> Text,
        holder -> Nullable<Int8>,
        state -> Int2,
        until -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    notification_permissions (account_id, from_account_id) {
        account_id -> Int8,
        from_account_id -> Int8,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    notification_policies (account_id) {
        account_id -> Int8,
        for_not_following -> Int2,
        for_not_followers -> Int2,
        for_new_accounts -> Int2,
        for_private_mentions -> Int2,
        for_limited_accounts -> Int2,
        for_bots -> Int2,
    }
}

diesel::table! {
    notification_requests (account_id, from_account_id) {
        id -> Int8,
        account_id -> Int8,
        from_account_id -> Int8,
        last_status_id -> Nullable<Int8>,
        notifications_count -> Int4,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    notifications (id) {
        id -> Int8,
        account_id -> Int8,
        kind -> Int2,
        from_account_id -> Int8,
        status_id -> Nullable<Int8>,
        group_key -> Text,
        filtered -> Bool,
        created_at -> Timestamptz,
        severance_id -> Nullable<Int8>,
    }
}

diesel::table! {
    oauth_codes (id) {
        id -> Int8,
        digest -> Bytea,
        app_id -> Int8,
        user_id -> Int8,
        redirect_uri -> Text,
        scopes -> Text,
        challenge -> Nullable<Text>,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
        token_id -> Nullable<Int8>,
    }
}

diesel::table! {
    one_time_links (id) {
        id -> Int8,
        purpose -> Int2,
        digest -> Bytea,
        nonce -> Bytea,
        user_id -> Nullable<Int8>,
        email -> Nullable<Text>,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    outbound_holds (status_id) {
        status_id -> Int8,
        reason -> Int2,
        until -> Nullable<Timestamptz>,
        account_id -> Int8,
        since -> Timestamptz,
        sent -> Bool,
    }
}

diesel::table! {
    outreach (status_id, stranger_id, link) {
        status_id -> Int8,
        stranger_id -> Int8,
        link -> Bool,
        account_id -> Int8,
        at -> Timestamptz,
        waits -> Bool,
    }
}

diesel::table! {
    pins (account_id, status_id) {
        account_id -> Int8,
        status_id -> Int8,
        id -> Int8,
    }
}

diesel::table! {
    poll_options (status_id, position) {
        status_id -> Int8,
        position -> Int2,
        title -> Text,
        votes -> Int8,
    }
}

diesel::table! {
    poll_votes (status_id, account_id, position) {
        status_id -> Int8,
        account_id -> Int8,
        position -> Int2,
        id -> Int8,
        uri -> Nullable<Text>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    polls (status_id) {
        status_id -> Int8,
        multiple -> Bool,
        ends_at -> Nullable<Timestamptz>,
        closed -> Bool,
        voters -> Int8,
        fetched_at -> Nullable<Timestamptz>,
        hide_totals -> Bool,
        changed_at -> Nullable<Timestamptz>,
        told_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    question_versions (id) {
        id -> Int8,
        question_id -> Int8,
        version -> Int4,
        kind -> Int2,
        labels -> Jsonb,
        helps -> Jsonb,
        choices -> Jsonb,
        required -> Bool,
        max_length -> Int4,
        created_by -> Nullable<Int8>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    answer_days (question_version_id, day) {
        question_version_id -> Int8,
        day -> Date,
        answered -> Int4,
        approved -> Int4,
        refused -> Int4,
    }
}

diesel::table! {
    question_days (question_version_id, day) {
        question_version_id -> Int8,
        day -> Date,
        shown -> Int4,
    }
}

diesel::table! {
    questions (id) {
        id -> Int8,
        position -> Int2,
        pool -> Int2,
        retired_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    quotes (status_id) {
        status_id -> Int8,
        quoted_id -> Nullable<Int8>,
        quoted_uri -> Nullable<Text>,
        state -> Int2,
        approval_uri -> Nullable<Text>,
    }
}

diesel::table! {
    reach (account_id, host_id) {
        account_id -> Int8,
        host_id -> Int8,
        first_at -> Timestamptz,
    }
}

diesel::table! {
    reactions (status_id, account_id, emoji) {
        status_id -> Int8,
        account_id -> Int8,
        emoji -> Text,
        id -> Int8,
        uri -> Nullable<Text>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    received_activities_a (uri_hash) {
        uri_hash -> Uuid,
        received_at -> Timestamptz,
    }
}

diesel::table! {
    received_activities_b (uri_hash) {
        uri_hash -> Uuid,
        received_at -> Timestamptz,
    }
}

diesel::table! {
    reports (id) {
        id -> Int8,
        uri_hash -> Nullable<Uuid>,
        account_id -> Nullable<Int8>,
        host_id -> Nullable<Int8>,
        target_id -> Int8,
        category -> Int2,
        comment -> Text,
        status_ids -> Array<Int8>,
        posts -> Jsonb,
        forward -> Bool,
        reported_on -> Date,
        created_at -> Timestamptz,
        closed_at -> Nullable<Timestamptz>,
        closed_by -> Nullable<Int8>,
    }
}

diesel::table! {
    sessions (id) {
        id -> Int8,
        digest -> Bytea,
        user_id -> Int8,
        user_agent -> Text,
        network -> Nullable<Inet>,
        created_at -> Timestamptz,
        last_seen_at -> Timestamptz,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    sign_in_steps (digest) {
        digest -> Bytea,
        user_id -> Int8,
        challenge -> Nullable<Jsonb>,
        tries -> Int2,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    signs_of_life (id) {
        id -> Int8,
        user_id -> Int8,
        kind -> Int2,
        at -> Timestamptz,
    }
}

diesel::table! {
    staff_mails (user_id) {
        user_id -> Int8,
        told_at -> Timestamptz,
    }
}

diesel::table! {
    staff_networks (user_id, network) {
        user_id -> Int8,
        network -> Inet,
        seen_at -> Timestamptz,
    }
}

diesel::table! {
    status_audience (status_id, account_id) {
        status_id -> Int8,
        account_id -> Int8,
        mentioned -> Bool,
    }
}

diesel::table! {
    status_edits (id) {
        id -> Int8,
        status_id -> Int8,
        snapshot -> Jsonb,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    status_search (status_id) {
        status_id -> Int8,
        account_id -> Int8,
        searchable_by -> Int2,
    }
}

diesel::table! {
    status_stats (status_id) {
        status_id -> Int8,
        replies_count -> Int8,
        reblogs_count -> Int8,
        favourites_count -> Int8,
        remote_reblogs_count -> Int8,
        remote_favourites_count -> Int8,
    }
}

diesel::table! {
    status_tags (tag_id, status_id) {
        status_id -> Int8,
        tag_id -> Int8,
    }
}

diesel::table! {
    statuses (id) {
        id -> Int8,
        account_id -> Int8,
        uri -> Nullable<Text>,
        uri_hash -> Nullable<Uuid>,
        url -> Nullable<Text>,
        kind -> Int2,
        reblog_of_id -> Nullable<Int8>,
        in_reply_to_id -> Nullable<Int8>,
        in_reply_to_account_id -> Nullable<Int8>,
        in_reply_to_uri_hash -> Nullable<Uuid>,
        conversation_id -> Nullable<Int8>,
        visibility -> Int2,
        local_only -> Bool,
        sensitive -> Bool,
        spoiler_text -> Text,
        html -> Text,
        source -> Nullable<Text>,
        length -> Int4,
        language -> Nullable<Text>,
        content_map -> Nullable<Jsonb>,
        sanitiser_version -> Int2,
        version -> Int4,
        app_id -> Nullable<Int8>,
        interaction_policy -> Int2,
        flags -> Int4,
        created_at -> Timestamptz,
        edited_at -> Nullable<Timestamptz>,
        emojis -> Nullable<Jsonb>,
    }
}

diesel::table! {
    switch_state (one) {
        one -> Bool,
        high_water -> Timestamptz,
        ticked_at -> Timestamptz,
        behind_millis -> Int8,
        jump_wait_millis -> Int8,
        off_from -> Nullable<Timestamptz>,
        off_until -> Nullable<Timestamptz>,
        ahead_millis -> Int8,
        ahead_from -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    switch_notices (id) {
        id -> Int8,
        episode_id -> Int8,
        notice -> Int2,
        channel -> Int2,
        recipient -> Int8,
        moved_at -> Timestamptz,
        created_at -> Timestamptz,
        begun_at -> Nullable<Timestamptz>,
        sent_at -> Nullable<Timestamptz>,
        status_id -> Nullable<Int8>,
    }
}

diesel::table! {
    tag_follows (account_id, tag_id) {
        account_id -> Int8,
        tag_id -> Int8,
        id -> Int8,
    }
}

diesel::table! {
    tags (id) {
        id -> Int8,
        name -> Text,
        display -> Text,
        flags -> Int4,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    tokens (id) {
        id -> Int8,
        digest -> Bytea,
        app_id -> Int8,
        user_id -> Nullable<Int8>,
        scopes -> Text,
        created_at -> Timestamptz,
        last_used_at -> Nullable<Timestamptz>,
        revoked_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    tombstones (uri_hash) {
        uri_hash -> Uuid,
        kind -> Int2,
        actor_id -> Int8,
        subject_id -> Int8,
        audience -> Jsonb,
        created_at -> Timestamptz,
        until -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    totp_factors (user_id) {
        user_id -> Int8,
        sealed -> Text,
        last_step -> Int8,
        created_at -> Timestamptz,
        last_used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    users (id) {
        id -> Int8,
        account_id -> Int8,
        username -> Text,
        email -> Nullable<Text>,
        email_canonical -> Nullable<Text>,
        email_confirmed_at -> Nullable<Timestamptz>,
        password_hash -> Nullable<Text>,
        role -> Int2,
        role_since -> Timestamptz,
        deputy -> Bool,
        approved_at -> Nullable<Timestamptz>,
        disabled_at -> Nullable<Timestamptz>,
        locale -> Text,
        time_zone -> Nullable<Text>,
        settings -> Jsonb,
        welcomed_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        password_changed_at -> Nullable<Timestamptz>,
        moved_at -> Nullable<Timestamptz>,
        second_factor_since -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    vouches (id) {
        id -> Int8,
        application_id -> Int8,
        name -> Text,
        user_id -> Nullable<Int8>,
        named_at -> Timestamptz,
        asked_at -> Nullable<Timestamptz>,
        answer -> Nullable<Int2>,
        answered_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    waiting_tallies (id) {
        id -> Int8,
        many -> Int8,
    }
}

diesel::table! {
    webhooks (id) {
        id -> Int8,
        address -> Text,
        secret -> Text,
        events -> Int4,
        template -> Text,
        enabled -> Bool,
        created_by -> Nullable<Int8>,
        created_at -> Timestamptz,
        last_at -> Nullable<Timestamptz>,
        last_status -> Nullable<Int2>,
        last_error -> Text,
        fails -> Int4,
    }
}

diesel::joinable!(accounts -> hosts (host_id));
diesel::joinable!(account_stats -> accounts (account_id));
diesel::joinable!(actor_endpoints -> accounts (account_id));
diesel::joinable!(actor_keys -> accounts (account_id));
diesel::joinable!(applicant_profiles -> users (user_id));
diesel::joinable!(question_versions -> questions (question_id));
diesel::joinable!(application_answers -> applications (application_id));
diesel::joinable!(application_answers -> question_versions (question_version_id));
diesel::joinable!(drafts -> users (user_id));
diesel::joinable!(draft_media -> drafts (draft_id));
diesel::joinable!(draft_media -> users (user_id));
diesel::joinable!(statuses -> conversations (conversation_id));
diesel::joinable!(status_stats -> statuses (status_id));
diesel::joinable!(status_edits -> statuses (status_id));
diesel::joinable!(status_audience -> accounts (account_id));
diesel::joinable!(status_audience -> statuses (status_id));
diesel::joinable!(status_tags -> statuses (status_id));
diesel::joinable!(status_tags -> tags (tag_id));
diesel::joinable!(reactions -> accounts (account_id));
diesel::joinable!(reactions -> statuses (status_id));
diesel::joinable!(bookmarks -> accounts (account_id));
diesel::joinable!(bookmarks -> statuses (status_id));
diesel::joinable!(pins -> accounts (account_id));
diesel::joinable!(pins -> statuses (status_id));
diesel::joinable!(conversation_mutes -> accounts (account_id));
diesel::joinable!(conversation_mutes -> conversations (conversation_id));
diesel::joinable!(cached_media -> hosts (host_id));
diesel::joinable!(media -> accounts (account_id));
diesel::joinable!(media -> statuses (status_id));
diesel::joinable!(status_search -> accounts (account_id));
diesel::joinable!(status_search -> statuses (status_id));
diesel::joinable!(handle_domains -> hosts (host_id));
diesel::joinable!(held_activities -> hosts (host_id));
diesel::joinable!(outbound_holds -> statuses (status_id));
diesel::joinable!(notifications -> statuses (status_id));
diesel::joinable!(notification_policies -> accounts (account_id));
diesel::joinable!(notification_requests -> statuses (last_status_id));
diesel::joinable!(markers -> users (user_id));
diesel::joinable!(account_restraints -> accounts (account_id));
diesel::joinable!(domain_policies -> hosts (host_id));
diesel::joinable!(sessions -> users (user_id));
diesel::joinable!(tokens -> apps (app_id));
diesel::joinable!(tokens -> users (user_id));
diesel::joinable!(oauth_codes -> apps (app_id));
diesel::joinable!(oauth_codes -> tokens (token_id));
diesel::joinable!(oauth_codes -> users (user_id));
diesel::joinable!(one_time_links -> users (user_id));
diesel::joinable!(idempotency_keys -> users (user_id));

// Only the tables that some query of diesel's joins (most joins are SQL by hand): the macro
// writes impls for each pair, and each costs every build.
diesel::allow_tables_to_appear_in_same_query!(
    accounts,
    actor_keys,
    applicant_profiles,
    application_answers,
    applications,
    apps,
    left_open,
    names,
    question_versions,
    questions,
    tokens,
    users,
);
