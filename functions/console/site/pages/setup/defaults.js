/** The defaults of every setting that the options show; a test compares them with the API's own. */
export const DEFAULTS = {
  "sections": [
    "construction",
    "design"
  ],
  "trigger_status_id": "",
  "done_status_id": "",
  "initial_status_id": "",
  "default_type_id": "",
  "maps": {
    "status": {
      "to_procore": {},
      "to_tracker": {}
    },
    "priority": {
      "to_procore": {},
      "to_tracker": {}
    },
    "discipline": {
      "to_procore": {},
      "to_tracker": {}
    },
    "issue_type": {
      "to_procore": {},
      "to_tracker": {}
    }
  },
  "filters": {
    "statuses": [],
    "priorities": [],
    "disciplines": [],
    "types": [],
    "assets": [],
    "companies": []
  },
  "added_values": {
    "statuses": {},
    "priorities": {},
    "disciplines": {},
    "types": {}
  },
  "title_template": "{number}: {summary}",
  "asset_in_description": true,
  "in_authors_name": false,
  "write_address_back": false,
  "send_email": false,
  "poll_seconds": 60,
  "park_after_tries": 5,
  "sync": {
    "rules": {},
    "comments": true,
    "comment_edits": "ignore",
    "comment_attachments": true,
    "files": true,
    "deletes": true,
    "observation_deleted": "unlink",
    "gone_issue_changed": "keep",
    "assignees": false,
    "assignee_template_id": "",
    "assets_as_locations": false,
    "births": {
      "types": [],
      "trades": [],
      "locations": []
    },
    "brake_count": 10,
    "brake_percent": 20,
    "brake_seconds": 3600,
    "writes_an_hour": 20,
    "comment_poll_seconds": 120,
    "comment_poll_active_seconds": 60,
    "sweep_seconds": 3600,
    "inventory_seconds": 86400,
    "undo_days": 30
  },
  "alerts": {
    "when": "off",
    "recipients": [],
    "about": [
      "parked",
      "failed",
      "needs_authorization",
      "held",
      "conflict"
    ]
  }
};
