#include "helper/plan/step_rights.h"

#include <algorithm>
#include <cstdio>
#include <vector>

namespace rind {
namespace {

std::string octal(unsigned mode) {
  char buffer[16];
  std::snprintf(buffer, sizeof buffer, "%04o", mode);
  return buffer;
}

// The rights of a user by the mode, with the ACL's entry for it where there is one (acl(5)).
unsigned rights_by_acl(const NodeFact& fact, bool owner, unsigned uid, bool knows_uid,
                       const std::vector<unsigned>& groups) {
  using Tag = AclEntry::Tag;
  unsigned mask = kReadRight | kWriteRight | kSearchRight, in_groups = 0, others = 0;
  bool in_group = false;
  for (const auto& entry : fact.acl) {
    if (entry.tag == Tag::kMask) mask = entry.rights;
    if (entry.tag == Tag::kOther) others = entry.rights;
    if (entry.tag == Tag::kOwner && owner) return entry.rights;
  }
  for (const auto& entry : fact.acl) {
    if (entry.tag == Tag::kUser && knows_uid && entry.id == uid) return entry.rights & mask;
    const unsigned group = entry.tag == Tag::kGroup ? fact.gid : entry.id;
    const bool names_group = entry.tag == Tag::kGroup || entry.tag == Tag::kNamedGroup;
    if (!names_group || std::find(groups.begin(), groups.end(), group) == groups.end()) continue;
    in_group = true;
    in_groups |= entry.rights;
  }
  return in_group ? in_groups & mask : others;
}

std::vector<unsigned> groups_of_step(const Plan& plan, const AccessFacts& facts) {
  if (!keeps_builders_ids(plan)) return plan.devices.groups;
  std::vector<unsigned> groups = facts.groups;
  groups.push_back(plan.gid);
  return groups;
}

}  // namespace

bool keeps_builders_ids(const Plan& plan) {
  return plan.identity.mode == PlannedIdentity::Mode::kSelf;
}

unsigned rights_of_step(const Plan& plan, const AccessFacts& facts, const StepNode& node) {
  const NodeFact& fact = node.fact;
  const std::vector<unsigned> groups = groups_of_step(plan, facts);
  if (!fact.acl.empty()) {
    return rights_by_acl(fact, node.own, plan.uid, keeps_builders_ids(plan), groups);
  }
  if (node.own) return fact.mode >> 6 & 7U;
  const bool in_group = std::find(groups.begin(), groups.end(), fact.gid) != groups.end();
  return in_group ? fact.mode >> 3 & 7U : fact.mode & 7U;
}

bool is_mapped(const Plan& plan, const StepNode& node) {
  const bool self = keeps_builders_ids(plan);
  const auto is_known = [&](unsigned id, unsigned own, unsigned Owner::*member) {
    return (self && id == own) ||
           std::any_of(plan.identity.also_mapped.begin(), plan.identity.also_mapped.end(),
                       [&](const Owner& owner) { return owner.*member == id; });
  };
  const bool acl = std::all_of(node.fact.acl.begin(), node.fact.acl.end(), [&](const auto& entry) {
    if (entry.tag == AclEntry::Tag::kUser) return is_known(entry.id, plan.uid, &Owner::uid);
    if (entry.tag == AclEntry::Tag::kNamedGroup) return is_known(entry.id, plan.gid, &Owner::gid);
    return true;
  });
  if (node.own && !self) return acl;
  return acl && is_known(node.fact.uid, plan.uid, &Owner::uid) &&
         is_known(node.fact.gid, plan.gid, &Owner::gid);
}

std::string rights_text(const Plan& plan, const StepNode& node) {
  std::string text = (node.fact.acl.empty() ? "mode " : "an ACL and mode ") + octal(node.fact.mode);
  if (node.own) return text + " of the step's own uid";
  text += " of uid " + std::to_string(node.fact.uid);
  if ((node.fact.mode >> 3 & 7U) != (node.fact.mode & 7U)) {
    text += " and gid " + std::to_string(node.fact.gid);
  }
  return text + (keeps_builders_ids(plan)
                     ? ", the step is uid " + std::to_string(plan.uid) + " without capabilities"
                     : ", the step is another user");
}

}  // namespace rind
