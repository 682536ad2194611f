{{/* Fields that all pods of a service share: (dict "root" $ "service" service "component" "api"). */}}
{{- define "shop.podMetadata" -}}
labels:
  {{- include "shop.selector" (dict "root" .root "name" .service.name "component" .component) | nindent 2 }}
  {{- include "shop.partOf" .root | nindent 2 }}
  {{- with merge (dict) .service.podLabels .root.Values.commonLabels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
annotations:
  checksum/config: {{ include "shop.settings" . | sha256sum }}
  {{- with .service.podAnnotations }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{- define "shop.podSpec" -}}
serviceAccountName: {{ .service.fullname }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
securityContext:
  {{- include "shop.podSecurity" . | nindent 2 }}
{{- with .service.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .service.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .service.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .service.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .service.topologySpreadConstraints }}
topologySpreadConstraints:
  {{- range . }}
  - {{- include "shop.spread" (dict "constraint" . "context" $) | nindent 4 }}
  {{- end }}
{{- end }}
volumes:
  {{- include "shop.volumes" . | nindent 2 }}
{{- end }}

{{/* A constraint of the values; by default it counts the pods of one version. */}}
{{- define "shop.spread" -}}
{{- $labels := dict "root" .context.root "name" .context.service.name "component" .context.component }}
{{- $selector := dict "matchLabels" (include "shop.selector" $labels | fromYaml) }}
{{- $usual := dict "maxSkew" 1 "whenUnsatisfiable" "ScheduleAnyway" }}
{{- if not .constraint.labelSelector }}
{{- $_ := set $usual "labelSelector" $selector }}
{{- $_ := set $usual "matchLabelKeys" (list "pod-template-hash") }}
{{- end }}
{{- $constraint := deepCopy .constraint }}
{{- range $field, $value := $usual }}
{{- if not (hasKey $constraint $field) }}
{{- $_ := set $constraint $field $value }}
{{- end }}
{{- end }}
{{- toYaml $constraint }}
{{- end }}

{{/* The securityContext of a pod; null in the values removes a field. */}}
{{- define "shop.podSecurity" -}}
{{- $fixed := dict "runAsNonRoot" true "seccompProfile" (dict "type" "RuntimeDefault") }}
{{- include "shop.withoutNulls" (merge (dict) .service.podSecurityContext $fixed) }}
{{- end }}

{{/* The securityContext of a container. */}}
{{- define "shop.containerSecurity" -}}
{{- $fixed := dict "allowPrivilegeEscalation" false "capabilities" (dict "drop" (list "ALL")) }}
{{- $_ := set $fixed "readOnlyRootFilesystem" (not .root.Values.development.reload) }}
{{- include "shop.withoutNulls" (mergeOverwrite $fixed .service.securityContext) }}
{{- end }}

{{- define "shop.withoutNulls" -}}
{{- $kept := dict }}
{{- range $name, $value := . }}
{{- if not (kindIs "invalid" $value) }}
{{- $_ := set $kept $name $value }}
{{- end }}
{{- end }}
{{- toYaml $kept }}
{{- end }}

{{- define "shop.volumes" -}}
- name: tmp
  emptyDir:
    sizeLimit: {{ .service.tmpSize }}
{{- if include "shop.usesSqlite" .root }}
- name: data
  {{- if .root.Values.database.persistence.enabled }}
  persistentVolumeClaim:
    claimName: {{ .service.fullname }}
  {{- else }}
  emptyDir:
    sizeLimit: {{ .root.Values.database.persistence.size }}
  {{- end }}
{{- end }}
{{- if .root.Values.development.reload }}
- name: reload
  configMap:
    name: {{ include "shop.fullname" (dict "root" .root "name" "shop-reload") }}
{{- end }}
{{- with .service.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}
