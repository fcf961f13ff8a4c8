//! Every template renders for every node of every profile and agrees with the port table.

use crate::{PROFILES, access, inventory, node_config, skipped, templates};
use agent::{
    inventory::{Inventory, Node, Role, tags},
    mesh::{Mesh, Peer},
    node_config::{NodeConfig, Secrets},
    services, systemd_units,
    templates::{Backend, TemplateContext},
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    net::Ipv4Addr,
    process::Command,
};

fn secrets() -> Secrets {
    let [postgres, replicator, rewind, toast, restapi] = ["pg", "rep", "rew", "toast", "rest"].map(str::to_owned);
    Secrets { postgres, replicator, rewind, toast, restapi, smtp: None }
}

/// The mesh of a node when all nodes have joined and the policy hides none.
fn mesh(inventory: &Inventory, own: &Node) -> Mesh {
    let address = |index: usize| Ipv4Addr::new(100, 64, 0, u8::try_from(index + 1).unwrap());
    let all = || inventory.nodes.iter().filter(|node| inventory.in_mesh(node)).enumerate();
    let peers = all().filter(|(_, node)| node.name != own.name).map(|(index, node)| Peer {
        name: node.name.clone(),
        site: node.site.clone(),
        roles: node.roles.clone(),
        group: node.group,
        address: address(index),
    });
    let own = all().find(|(_, node)| node.name == own.name).map(|(index, _)| address(index));
    Mesh { address: own, peers: peers.collect() }
}

fn backends(mesh: &Mesh, site: &str) -> Vec<Backend> {
    let backend =
        |peer: &Peer| Backend { name: peer.name.clone(), address: peer.address, ready: true, local: peer.site == site };
    mesh.with_role(Role::App).map(backend).collect()
}

/// Calls a check with `render`, which renders a template for the node, for every node with and without Citus.
fn for_each_node(check: impl Fn(&TemplateContext<'_>, &Node, &dyn Fn(&str) -> String)) {
    let (access, secrets, templates) = (access(), secrets(), templates());
    for inventory in PROFILES.map(inventory) {
        for (node, citus) in inventory.nodes.iter().flat_map(|node| [(node, false), (node, true)]) {
            let (config, mesh) = (node_config(node, citus), mesh(&inventory, node));
            let context = TemplateContext {
                inventory: &inventory,
                access: &access,
                node: &config,
                secrets: Some(&secrets),
                mesh: &mesh,
                backends: &backends(&mesh, &node.site),
            };
            let render = |template: &str| {
                templates.render(template, &context).unwrap_or_else(|error| panic!("{}: {error}", node.name))
            };
            check(&context, node, &render);
        }
    }
}

#[test]
fn every_file_of_every_node_renders() {
    for_each_node(|context, node, render| {
        for file in services::of_node(context.node).flat_map(|service| service.files) {
            let text = render(file.template);
            assert!(!text.contains("{{") && !text.contains("{%"), "{}: {}: {text}", node.name, file.template);
        }
    });
}

#[test]
fn every_service_of_every_node_has_a_unit_that_restarts_it() {
    for_each_node(|context, node, render| {
        for name in systemd_units::names(context.node) {
            let text = render(&format!("systemd/{name}.service.j2"));
            assert!(text.contains("Restart=always"), "{}: {name}", node.name);
            // By default systemd gives up after five starts in ten seconds.
            assert!(text.contains("StartLimitIntervalSec=0"), "{}: {name}", node.name);
        }
    });
}

#[test]
fn no_sandbox_setting_breaks_a_service() {
    for_each_node(|context, _, render| {
        for name in systemd_units::names(context.node) {
            let text = render(&format!("systemd/{name}.service.j2"));
            let sets = |key: &str| text.lines().any(|line| line.starts_with(&format!("{key}=")));
            // A restarted Patroni has to find the running PostgreSQL and its shared memory.
            if text.contains("KillMode=process") {
                assert!(!sets("PrivateUsers") && !sets("PrivateIPC") && !sets("RemoveIPC"), "{name}");
            }
            // The agent creates the directory of rendered files, which the users of all services read.
            if text.contains("/bin/toast-agent ") {
                assert!(text.contains("\nUMask=0022\n"), "{name}");
            }
            // nginx gives the cache to its workers' user; systemd would change the owner at each start.
            let mut directories = text.lines().filter(|line| line.starts_with("StateDirectory="));
            assert!(!directories.any(|line| line.contains("toast/cache")), "{name}");
        }
    });
}

#[test]
fn only_ports_of_the_table_are_open() {
    for_each_node(|_, node, render| {
        let rules = render("nftables/node.nft.j2");
        assert_eq!(rules.contains("80, 443"), node.is(Role::Ingress) || node.is(Role::Edge), "{}: {rules}", node.name);
        assert_eq!(rules.contains("8443"), node.is(Role::Control), "{}: {rules}", node.name);
        assert!(rules.contains("policy drop") && rules.contains("100.64.0.0/10 counter reject"), "{rules}");
    });
}

#[test]
fn the_mesh_policy_grants_exactly_the_table() {
    for_each_node(|context, node, render| {
        if !node.is(Role::Control) {
            return;
        }
        let text = render("headscale/policy.hujson.j2");
        let policy: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        let rules = policy["acls"].as_array().unwrap();
        assert_eq!(rules.len(), context.access.mesh.len());
        let ports = |from: Role, to: Role| -> BTreeSet<u16> {
            let from = format!("tag:{from}");
            let of_source = rules.iter().filter(|rule| rule["src"].as_array().unwrap().contains(&from.clone().into()));
            let targets = of_source.flat_map(|rule| rule["dst"].as_array().unwrap()).filter_map(Value::as_str);
            let targets = targets.map(|target| target.rsplit_once(':').unwrap());
            let ports = targets.filter(|(tag, _)| *tag == format!("tag:{to}")).flat_map(|(_, ports)| ports.split(','));
            ports.map(|port| port.parse().unwrap()).collect()
        };
        let granted = |from: Role, to: Role, port: u16| ports(from, to).contains(&port);
        for to in Role::ALL {
            let expected = if to == Role::Database { BTreeSet::from([5432, 8008]) } else { BTreeSet::new() };
            assert_eq!(ports(Role::App, to), expected, "from servers to {to}");
        }
        assert!(granted(Role::Ingress, Role::App, 3000) && granted(Role::Operator, Role::Etcd, 22));
        assert!(!granted(Role::Ingress, Role::Database, 5432) && !granted(Role::App, Role::App, 3000));
        for tag in tags(&node.site, &node.roles, Some(0)) {
            assert!(policy["tagOwners"].get(&tag).is_some(), "{tag} has no owner");
        }
    });
}

#[test]
fn writes_wait_for_a_second_copy_in_groups_of_three() {
    for_each_node(|context, node, render| {
        if let Some(group) = node.group {
            let text = render("patroni/patroni.yaml.j2");
            let three = context.inventory.members(group).count() >= 3;
            assert_eq!(text.contains("synchronous_mode_strict: true"), three, "{}", node.name);
            assert!(text.contains(&format!("\nname: {}\n", node.name)), "the name is quoted: {text}");
            assert_eq!(text.contains("citus.recover_2pc_interval: -1"), context.node.citus, "{}", node.name);
        }
    });
}

#[test]
fn servers_send_mail_with_a_mail_server_and_a_sender_only() {
    let (templates, mut inventory) = (templates(), inventory("small"));
    inventory.servers.mail_from = Some("Toast <toast@example.org>".to_owned());
    for_each_node(|context, node, render| {
        if !node.is(Role::App) {
            return;
        }
        let with_server = Secrets { smtp: Some("smtps://me:secret@mail.example".to_owned()), ..secrets() };
        let with_server = TemplateContext { secrets: Some(&with_server), ..*context };
        let without_sender = templates.render("server/server.env.j2", &with_server).unwrap();
        assert_eq!(without_sender, render("server/server.env.j2"), "{}", node.name);
        assert!(!without_sender.contains("TOAST_SMTP_URL"), "{without_sender}");
        let text = templates
            .render("server/server.env.j2", &TemplateContext { inventory: &inventory, ..with_server })
            .unwrap();
        let lines = "\nTOAST_SMTP_URL=smtps://me:secret@mail.example\nTOAST_MAIL_FROM=Toast <toast@example.org>\n";
        assert!(text.contains(lines), "{text}");
    });
}

#[test]
fn operators_approve_restaurants_where_the_inventory_says_so() {
    let (templates, usual) = (templates(), inventory("small"));
    let text = toml::to_string(&usual).unwrap();
    assert!(text.contains("approve_restaurants = false"), "{text}");
    let approving: Inventory =
        toml::from_str(&text.replace("approve_restaurants = false", "approve_restaurants = true")).unwrap();
    assert!(
        toml::from_str::<Inventory>(&text.replace("approve_restaurants = false", "approve_restaurants = 'yes'"))
            .is_err()
    );
    for_each_node(|context, node, render| {
        if node.is(Role::App) {
            let line = "\nTOAST_APPROVE_RESTAURANTS=true\nTOAST_SITE_ROOT=";
            assert!(!render("server/server.env.j2").contains("TOAST_APPROVE_RESTAURANTS"), "{}", node.name);
            let context = TemplateContext { inventory: &approving, ..*context };
            let text = templates.render("server/server.env.j2", &context).unwrap();
            assert!(text.contains(line), "{text}");
        }
    });
}

#[test]
fn a_group_that_is_in_no_inventory_replicates_like_the_coordinator() {
    let templates = templates();
    for_each_node(|context, node, _| {
        if node.group.is_some() {
            let group = Some(context.inventory.groups().len().try_into().unwrap());
            let added = NodeConfig { name: "added".to_owned(), group, ..context.node.clone() };
            let context = TemplateContext { node: &added, ..*context };
            let text = templates.render("patroni/patroni.yaml.j2", &context).unwrap();
            let three = context.inventory.members(0).count() >= 3;
            assert_eq!(text.contains("synchronous_mode_strict: true"), three);
            assert!(text.contains("\nname: added\n"));
        }
    });
}

/// The members behind each port of HAProxy, by its listeners.
fn listeners(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut listeners: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut port = String::new();
    for words in text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>()) {
        match words.as_slice() {
            ["bind", address] => (*address).clone_into(&mut port),
            ["server", name, address, ..] => {
                assert!(address.ends_with(":5432"), "{text}");
                assert!(listeners.entry(port.clone()).or_default().insert((*name).to_owned()), "{text}");
            }
            _ => {}
        }
    }
    listeners
}

#[test]
fn servers_reach_each_worker_group_at_a_port_of_its_own() {
    for_each_node(|context, node, render| {
        if !node.is(Role::App) {
            return;
        }
        let members = |group| context.inventory.members(group).map(|member| member.name.clone()).collect();
        let mut expected =
            BTreeMap::from(["127.0.0.1:5000", "127.0.0.1:5001"].map(|port| (port.to_owned(), members(0))));
        if context.node.citus {
            let workers = context.inventory.groups().into_iter().skip(1);
            expected.extend(workers.map(|group| (format!("127.0.0.1:{}", 5010 + group), members(group))));
        }
        assert_eq!(listeners(&render("haproxy/haproxy.cfg.j2")), expected, "{}", node.name);
        let settings = render("server/server.env.j2");
        assert_eq!(settings.contains("\nTOAST_DATABASE_GROUP_PORTS=5010\n"), context.node.citus, "{settings}");
    });
}

#[test]
fn a_group_that_is_in_no_inventory_is_reached_and_restarts_no_server() {
    let templates = templates();
    for_each_node(|context, node, render| {
        if node.is(Role::App) && context.node.citus {
            let group = u16::try_from(context.inventory.groups().len()).unwrap();
            let (name, address) = ("added".to_owned(), Ipv4Addr::new(100, 64, 1, 1));
            let (site, roles) = (node.site.clone(), vec![Role::Database]);
            let mut mesh = context.mesh.clone();
            mesh.peers.push(Peer { name, site, roles, group: Some(group), address });
            let with_group = TemplateContext { mesh: &mesh, ..*context };
            let text = templates.render("haproxy/haproxy.cfg.j2", &with_group).unwrap();
            assert!(listeners(&text)[&format!("127.0.0.1:{}", 5010 + group)].contains("added"), "{text}");
            let settings = templates.render("server/server.env.j2", &with_group).unwrap();
            assert_eq!(settings, render("server/server.env.j2"));
        }
    });
}

#[test]
fn haproxy_accepts_its_configuration() {
    let file = std::env::temp_dir().join(format!("toast-haproxy-{}.cfg", std::process::id()));
    for_each_node(|_, node, render| {
        if !node.is(Role::App) {
            return;
        }
        let text = render("haproxy/haproxy.cfg.j2");
        fs::write(&file, &text).unwrap();
        match Command::new("/usr/sbin/haproxy").args(["-c", "-q", "-f"]).arg(&file).output() {
            Ok(output) => assert!(output.status.success(), "{}\n{text}", String::from_utf8_lossy(&output.stderr)),
            Err(_) => skipped("haproxy is not installed"),
        }
    });
    drop(fs::remove_file(&file));
}
